import { EventStoreFault, EventStoreInBetween } from '@tocsin/event-store';
import type { AllPage, AppendResult, EventStore, ExpectedRevision, NewEvent, Position, Subscription } from '@tocsin/event-store';
import { MessageBusFault, MessageBusInBetween } from '@tocsin/messaging';
import type { BusConnection, MessageReceiver, OutgoingMessage } from '@tocsin/messaging';
import { createLogger } from '@tocsin/platform';
import type { StandaloneParts } from '@tocsin/standalone';
import { HeartbeatMonitor } from '@tocsin/testing';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';
import { Gate } from './gate';

jest.setTimeout(120_000);

type Around = NonNullable<StandaloneParts['around']>;

const stuckConsumer =
  (topic: string, group: string) =>
  (gate: Gate): Around => ({
    bus: (inner) =>
      new (class extends MessageBusInBetween {
        override connect(of: string, by: string, receiver: MessageReceiver): Promise<BusConnection> {
          if (of !== topic || by !== group) return super.connect(of, by, receiver);
          return super.connect(of, by, {
            receive: async (messages) => {
              await gate.pass();
              await receiver.receive(messages);
            },
            revoked: (partitions) => receiver.revoked(partitions),
          });
        }
      })(inner),
  });

const refusingTopic =
  (topic: string) =>
  (gate: Gate): Around => ({
    bus: (inner) =>
      new (class extends MessageBusInBetween {
        override async publish(to: string, messages: readonly OutgoingMessage[]): Promise<void> {
          if (to === topic) gate.refuse(new MessageBusFault('unavailable', true));
          await super.publish(to, messages);
        }
      })(inner),
  });

const eventStoreAround =
  (make: (gate: Gate, inner: EventStore) => EventStore) =>
  (gate: Gate): Around => ({ eventStore: (inner) => make(gate, inner) });

const refusingAppends = eventStoreAround(
  (gate, inner) =>
    new (class extends EventStoreInBetween {
      override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
        gate.refuse(new EventStoreFault('unavailable', true));
        return super.append(stream, expected, events);
      }
    })(inner),
);

/** What follows the log for these streams gets nothing more of it: a projection that stands still. */
const stoppedFollower = (prefix: string) =>
  eventStoreAround(
    (gate, inner) =>
      new (class extends EventStoreInBetween {
        override follow(
          from: Position,
          prefixes: readonly string[],
          onBatch: (page: AllPage) => Promise<void>,
          onEnd: (error: Error) => void,
        ): Subscription {
          // The relay follows these too, among many others.
          const isIt = prefixes.includes(prefix) && prefixes.length <= 2;
          return super.follow(
            from,
            prefixes,
            async (page) => {
              if (isIt) await gate.pass();
              await onBatch(page);
            },
            onEnd,
          );
        }
      })(inner),
  );

const hangingAppends = (prefix: string) =>
  eventStoreAround(
    (gate, inner) =>
      new (class extends EventStoreInBetween {
        override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
          if (stream.startsWith(prefix)) await gate.pass();
          return super.append(stream, expected, events);
        }
      })(inner),
  );

/** Tocsin that pings a monitor each minute, on a clock that is wound while nobody waits for quiet: some of it may be stuck. */
const start = async (around: (gate: Gate) => Around = () => ({}), env: Readonly<Record<string, string>> = {}) => {
  const monitor = await HeartbeatMonitor.start();
  const gate = new Gate();
  const lines: Record<string, unknown>[] = [];
  const listeners = new Set<() => void>();
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    for (const listener of listeners) listener();
  };
  const log = createLogger({ level: 'warn', write });
  const world = await World.start({ log, around: around(gate) }, { TOCSIN_HEARTBEAT_URL: `${monitor.url}/s3cret`, ...env });
  world.clock.settleWith(async () => undefined);
  const withheld = (): readonly string[] =>
    lines.filter(({ msg }) => msg === 'heartbeat withheld').flatMap(({ matters }) => matters as string[]);
  return {
    world,
    monitor,
    gate,
    text: () => JSON.stringify(lines),
    withheld,
    /** Resolves when a line says that the heartbeat was withheld for this. */
    saidThat: async (why: RegExp): Promise<void> => {
      while (!withheld().some((each) => why.test(each))) await new Promise<void>((resolve) => listeners.add(resolve));
    },
    stop: async () => {
      gate.open();
      await world.stop();
      await monitor.stop();
    },
  };
};

/** Real time for the real work of one round; what was not done by then is waited for again. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));

/** The next round and what becomes of it. */
const beat = async ({ world, monitor }: Awaited<ReturnType<typeof start>>): Promise<void> => {
  const before = monitor.pings.length;
  await world.advance('1m');
  await monitor.pinged(before + 1);
};

/** What had been on its way comes through late; then a round comes in time. */
const resumed = async ({ world, monitor }: Awaited<ReturnType<typeof start>>): Promise<void> => {
  const before = monitor.pings.length;
  while (monitor.pings.length === before) {
    await world.advance('1m');
    await Promise.race([monitor.pinged(before + 1), turn()]);
  }
};

describe('a heartbeat', () => {
  it('is sent at each interval while the path is open, and leaves no trace that people see', async () => {
    const told = await start();
    const { world, monitor } = told;
    for (let minute = 0; minute < 40; minute++) await beat(told);
    expect(monitor.pings).toEqual(Array.from({ length: 40 }, () => 'GET /s3cret'));
    world.clock.settleWith(() => world.settle());
    await world.settle();
    expect(await world.alerts()).toEqual([]);
    expect(world.mail.all()).toEqual([]);
    // What a lane had before is forgotten: twelve lanes, each with its few last events.
    expect((await eventsOf(world.platform.eventStore, 'probealert-', 'probeescalation-', 'probenotification-')).length).toBeLessThan(
      3 * 12 * 17,
    );
    await told.stop();
  });

  it('goes on after a restart', async () => {
    const told = await start();
    await beat(told);
    await told.world.down('10m', async () => undefined);
    told.world.clock.settleWith(async () => undefined);
    await beat(told);
    await told.stop();
  });

  it('is not there unless it is wanted: no probes either', async () => {
    const told = await start(undefined, { TOCSIN_HEARTBEAT_URL: '' });
    told.world.clock.settleWith(() => told.world.settle());
    await told.world.advance('1h');
    expect(told.monitor.pings).toEqual([]);
    expect(await eventsOf(told.world.platform.eventStore, 'probealert-')).toEqual([]);
    await told.stop();
  });
});

describe.each<readonly [string, (gate: Gate) => Around]>([
  ['the intake cannot make events durable', refusingTopic('tool-events')],
  ['alerts does not handle events', stuckConsumer('tool-events', 'alerts')],
  ['the event store refuses appends', refusingAppends],
  ['the relay does not get rid of facts of alerts', refusingTopic('alert-facts')],
  ['escalation does not handle facts', stuckConsumer('alert-facts', 'escalation')],
  ['the timers of escalations stand still', stoppedFollower('escalation-')],
  ['the relay does not get rid of facts of escalations', refusingTopic('escalation-facts')],
  ['oncall does not handle levels', stuckConsumer('escalation-facts', 'oncall')],
  ['oncall cannot answer', refusingTopic('resolutions')],
  ['alerts does not handle resolutions', stuckConsumer('resolutions', 'alerts')],
  ['notifications does not handle facts', stuckConsumer('alert-facts', 'notifications')],
  ['the timers of pages stand still', stoppedFollower('notification-')],
])('while %s', (_what, around) => {
  it('the heartbeat is withheld, with a line in the log, and it is sent again when that is over', async () => {
    const told = await start(around);
    const { world, monitor, gate } = told;
    await beat(told);
    gate.close();
    const before = monitor.pings.length;
    await world.advance('1m');
    await gate.reached;
    await world.advance('3m');
    await told.saidThat(/no round of probes has come through for \d+ s/);
    expect(monitor.pings).toHaveLength(before);
    gate.open();
    await resumed(told);
    await told.stop();
  });
});

describe('one event that hangs while others pass it', () => {
  it('withholds the heartbeat after two minutes, and says where', async () => {
    const told = await start(hangingAppends('alertkey-'));
    const { world, gate } = told;
    await beat(told);
    const key = await world.source(await world.policy([]));
    gate.close();
    await world.post('/api/events', { integrationKey: key, eventType: 'ALERT', summary: 'disk full', alertKey: 'disk' });
    await gate.reached;
    await beat(told);
    await world.advance('3m');
    await told.saidThat(/^alerts is not done with a message of tool-events for two minutes$/);
    gate.open();
    await resumed(told);
    await told.stop();
  });
});

describe('a target that does not take the ping', () => {
  it('is tried again, disturbs nothing, and is nowhere in the log', async () => {
    const told = await start();
    const { world, monitor } = told;
    monitor.answer = 500;
    await world.advance('1m');
    await monitor.pinged(2);
    monitor.answer = 200;
    await monitor.pinged(3);
    const key = await world.source(await world.policy([]));
    expect((await world.post('/api/events', { integrationKey: key, eventType: 'ALERT', summary: 'disk full' })).status).toBe(202);
    const metrics = async () => (await fetch(`${world.platform.settings.publicUrl}/metrics`)).text();
    while (!(await metrics()).includes('tocsin_heartbeat_rounds_total{outcome="sent"} 1')) await turn();
    expect(told.text()).toContain('"heartbeat not taken"');
    expect(told.text()).toContain('"status 500"');
    expect(told.text()).not.toContain('s3cret');
    await told.stop();
  });
});
