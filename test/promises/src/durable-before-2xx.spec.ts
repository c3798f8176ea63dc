import { CommitFaults, EmbeddedLog } from '@tocsin/embedded-log';
import { MessageBusInBetween } from '@tocsin/messaging';
import type { OutgoingMessage } from '@tocsin/messaging';
import type { StandaloneParts } from '@tocsin/standalone';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';

jest.setTimeout(120_000);

const BOUND_MS = 12_000;

interface Verdict {
  readonly statuses: readonly number[];
  readonly longestMs: number;
}

/** What tools are told while no commit gets through. */
const answersDuring = async (world: World, faults: CommitFaults, fault: 'stall' | 'disk-full' | 'io-error' | 'crash'): Promise<Verdict> => {
  const key = await world.source(await world.policy([]));
  faults.set(fault);
  const started = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      world.post('/api/events', { integrationKey: key, eventType: 'ALERT', summary: 'disk full', alertKey: `${fault}-${index}` }),
    ),
  );
  return { statuses: answers.map(({ status }) => status), longestMs: performance.now() - started };
};

const stop = async (world: World, faults: CommitFaults): Promise<void> => {
  faults.set('none');
  await world.stop();
};

/** Answers before the disk did, as a server would that takes the queue for the disk. */
class HastyBus extends MessageBusInBetween {
  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    void this.inner.publish(topic, messages).catch(() => undefined);
  }
}

describe('an event whose commit does not get through (P1)', () => {
  const startWith = async (parts: StandaloneParts = {}): Promise<{ readonly world: World; readonly faults: CommitFaults }> => {
    const faults = new CommitFaults();
    return { faults, world: await World.start({ ...parts, faults, onFailure: () => undefined }) };
  };

  it.each(['stall', 'disk-full', 'io-error', 'crash'] as const)('is answered 503 in bounded time: %s', async (fault) => {
    const { world, faults } = await startWith();
    const { statuses, longestMs } = await answersDuring(world, faults, fault);
    await stop(world, faults);
    expect(statuses).toEqual(Array.from(statuses, () => 503));
    expect(longestMs).toBeLessThan(BOUND_MS);
  });

  it('makes the server not ready, with the reason, until there is room again', async () => {
    const { world, faults } = await startWith();
    const readiness = async () => (await fetch(`${world.platform.settings.publicUrl}/health/ready`)).json();
    expect(await readiness()).toMatchObject({ status: 'ready' });
    await answersDuring(world, faults, 'disk-full');
    expect(await readiness()).toMatchObject({ code: 'NOT_READY', details: [{ check: 'disk', message: 'room on the disk: it is full' }] });
    faults.set('none');
    expect(await readiness()).toMatchObject({ status: 'ready' });
    await stop(world, faults);
  });

  it('turns the check red on a server that answers before the commit', async () => {
    const { world, faults } = await startWith({ around: { bus: (bus) => new HastyBus(bus) } });
    const { statuses } = await answersDuring(world, faults, 'stall');
    await stop(world, faults);
    expect(statuses).toContain(202);
  });

  it('opens its alert when it is sent again after the stall', async () => {
    const { world, faults } = await startWith();
    const key = await world.source(await world.policy([]));
    faults.set('stall');
    const event = { integrationKey: key, eventType: 'ALERT', summary: 'disk full', alertKey: 'disk' };
    expect((await world.post('/api/events', event)).status).toBe(503);
    faults.set('none');
    expect((await world.event(key, event)).status).toBe(202);
    expect(await world.alerts()).toHaveLength(1);
    await stop(world, faults);
  });

  it('is refused to people in the same way: no answer to an alert is confirmed that is not recorded', async () => {
    const { world, faults } = await startWith();
    const key = await world.source(await world.policy([]));
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    const { id } = await world.alert();
    faults.set('stall');
    const { status } = await world.put(`/api/alerts/${id}/accept`);
    faults.set('none');
    expect(status).toBe(503);
    await stop(world, faults);
  });
});

describe('an event that was answered 2xx (P1)', () => {
  it('is there after a restart that nothing was flushed for', async () => {
    const faults = new CommitFaults();
    const world = await World.start({ faults, onFailure: () => undefined });
    const key = await world.source(await world.policy([]));
    const { status } = await world.post('/api/events', { integrationKey: key, eventType: 'ALERT', summary: 'disk full', alertKey: 'disk' });
    expect(status).toBe(202);
    // The writer dies with its next commit: whatever was only in memory is gone.
    faults.set('crash');
    await world.down('0s', async () => faults.set('none'));
    expect(await world.alerts()).toHaveLength(1);
    expect((await eventsOf(world.platform.eventStore, 'alert-')).filter(({ type }) => type === 'AlertRaised')).toHaveLength(1);
    await world.stop();
  });

  it('was written by a connection that waits for the disk: synchronous is FULL', async () => {
    const world = await World.start();
    await world.down('0s', async () => {
      const log = await EmbeddedLog.open({ directory: world.directory });
      const synchronous = await log.synchronous();
      await log.close();
      expect(synchronous).toBe(2);
    });
    await world.stop();
  });
});
