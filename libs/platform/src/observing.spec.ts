import { createLogger } from './logging';
import { Metrics } from './metrics';
import { newApiKey, newIntegrationKey } from './secrets';
import { stopOnSignals } from './shutdown';
import type { StopSignal } from './shutdown';

const logging = (level: 'debug' | 'info' = 'info') => {
  const lines: string[] = [];
  return { log: createLogger({ level, service: 'alerts', write: (line) => void lines.push(line) }), lines };
};

describe('a log line', () => {
  it('is JSON with level, time, service, a constant message and fields', () => {
    const { log, lines } = logging();
    log.child({ part: 'relay' }).info({ lag: 3 }, 'relayed');
    log.debug({}, 'not at this level');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/Z$/),
      service: 'alerts',
      part: 'relay',
      lag: 3,
      msg: 'relayed',
    });
  });

  it('shows no key, header or address, wherever it slipped in (P11)', () => {
    const { log, lines } = logging();
    const [api, integration] = [newApiKey(), newIntegrationKey('API')];
    log.info(
      { authorization: 'x1', user: { email: 'ana@example.org', phone: '+491701234567' }, request: { headers: { a: 'x1' }, url: '/x1' } },
      'one',
    );
    log.warn({ text: `GET /api/events/grafana/${integration} with Bearer ${api}` }, 'two');
    log.error(
      { err: new Error(`no such key ${api}`, { cause: new Error(`Basic ${Buffer.from('ana:key').toString('base64')}`) }) },
      'three',
    );
    const all = lines.join('');
    for (const hidden of ['x1', 'ana@', '+49170', api, integration, 'YW5hOmtleQ']) expect(all).not.toContain(hidden);
  });

  it('of an error has its stack and its causes', () => {
    const { log, lines } = logging();
    log.error({ err: new TypeError('outer', { cause: new RangeError('inner') }) }, 'failed');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { type: 'TypeError', stack: expect.stringContaining('observing.spec'), cause: { type: 'RangeError', message: 'inner' } },
    });
  });
});

describe('metrics', () => {
  it('are one per name, whoever asks, and shown as Prometheus reads them', async () => {
    const metrics = new Metrics();
    const description = { name: 'tocsin_pages_total', help: 'Pages handed to a provider.', labels: ['method'] } as const;
    metrics.counter(description).inc({ method: 'EMAIL' });
    metrics.counter(description).inc({ method: 'EMAIL' });
    metrics.gauge({ name: 'tocsin_relay_lag', help: 'Events not relayed yet.' }, () => 7);
    const text = await metrics.text();
    expect(text).toContain('tocsin_pages_total{method="EMAIL"} 2');
    expect(text).toContain('tocsin_relay_lag 7');
    expect(metrics.names()).toEqual(['tocsin_pages_total', 'tocsin_relay_lag']);
  });

  it('of the process all have our prefix', () => {
    expect(new Metrics({ process: true }).names().filter((name) => !name.startsWith('tocsin_'))).toEqual([]);
  });
});

describe('a stopping process', () => {
  const stopping = (stop: () => Promise<void>, withinMs = 60_000) => {
    const listeners = new Map<StopSignal, () => void>();
    const { log, lines } = logging();
    const exited = new Promise<number>((resolve) =>
      stopOnSignals({ stop, log, withinMs, on: (signal, listener) => listeners.set(signal, listener), exit: resolve }),
    );
    return { signal: (signal: StopSignal) => listeners.get(signal)?.(), exited, lines };
  };

  it('stops once, however often it is told, and exits with 0', async () => {
    let stops = 0;
    const { signal, exited } = stopping(async () => void stops++);
    signal('SIGTERM');
    signal('SIGTERM');
    signal('SIGINT');
    expect([await exited, stops]).toEqual([0, 1]);
  });

  it('that cannot stop cleanly says why and exits with 1', async () => {
    const { signal, exited, lines } = stopping(() => Promise.reject(new Error('stuck')));
    signal('SIGTERM');
    expect(await exited).toBe(1);
    expect(lines.join('')).toContain('stuck');
  });

  it('that takes too long is cut off', async () => {
    const { signal, exited } = stopping(() => new Promise(() => undefined), 1);
    signal('SIGINT');
    expect(await exited).toBe(1);
  });
});
