import { PerformanceObserver } from 'node:perf_hooks';
import { Metrics } from './metrics';

describe('the metrics of the process itself', () => {
  it('are in every one that asks for them, with what they have counted', async () => {
    const [first, second] = [new Metrics({ process: true }), new Metrics({ process: true })];
    for (const metrics of [first, second]) {
      expect(metrics.names()).toEqual(expect.arrayContaining(['tocsin_nodejs_gc_duration_seconds', 'tocsin_process_cpu_seconds_total']));
      expect(await metrics.text()).toMatch(/^tocsin_process_resident_memory_bytes \d+$/m);
    }
    expect(new Metrics().names()).toEqual([]);
  });

  it('are watched once, so that services that come and go leave nothing behind', () => {
    new Metrics({ process: true });
    const observe = jest.spyOn(PerformanceObserver.prototype, 'observe');
    new Metrics({ process: true });
    expect(observe).not.toHaveBeenCalled();
    observe.mockRestore();
  });

  it('and do not share what services count', async () => {
    const [first, second] = [new Metrics({ process: true }), new Metrics({ process: true })];
    first.counter({ name: 'tocsin_things_total', help: 'Things.' }).inc();
    expect([first.names().includes('tocsin_things_total'), second.names().includes('tocsin_things_total')]).toEqual([true, false]);
  });
});
