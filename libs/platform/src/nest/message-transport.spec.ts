import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module } from '@nestjs/common';
import type { INestApplication, Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Clock, instant, rejected } from '@tocsin/domain';
import type { Instant, Timer } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { PARKED_TOPIC, ParkedMessages, Parking } from '@tocsin/messaging';
import type { Message, MessageBus, Outcome, OutgoingMessage } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { Consumes, MessageTransport } from './message-transport';

class StoppedClock extends Clock {
  now(): Instant {
    return instant(1_700_000_000_000);
  }
  at(): Timer {
    throw new Error('nothing here waits for business time');
  }
}

let directory: string;
let log: EmbeddedLog;
let bus: MessageBus;
let app: INestApplication | undefined;
let outcomes: Outcome[];
const clock = new StoppedClock();

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-transport-'));
  log = await EmbeddedLog.open({ directory });
  bus = new EmbeddedMessageBus(log);
  outcomes = [];
  await bus.declare([
    { name: 'alert-facts', compacted: false, retentionDays: 7 },
    { name: 'resolutions', compacted: false, retentionDays: 7 },
    PARKED_TOPIC,
  ]);
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await log.close();
  rmSync(directory, { recursive: true });
});

const fact = { stream: 'alert-1', revision: 3, position: '00000000000000000007' };
let made = 0;
const message = (type: string, data: unknown = {}): OutgoingMessage => ({
  id: `20000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
  key: 'alert-1',
  type,
  schemaVersion: 1,
  time: instant(1_700_000_000_000),
  correlationId: 'c',
  causationId: 'd',
  data,
});

const listening = async (...controllers: readonly Type[]): Promise<MessageTransport> => {
  @Module({ controllers: [...controllers] })
  class Service {}
  const transport = new MessageTransport({
    bus,
    parking: new Parking(bus, clock),
    random: () => 0,
    backOff: { firstMs: 1, longestMs: 2 },
    onOutcome: (outcome) => void outcomes.push(outcome),
  });
  const testing = await Test.createTestingModule({ imports: [Service] }).compile();
  app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: transport });
  await app.startAllMicroservices();
  await app.init();
  return transport;
};

describe('handlers of one topic in two groups', () => {
  it('each get every message of their types, with the message as it was published', async () => {
    const seen: { by: string; message: Message }[] = [];
    @Controller()
    class Escalation {
      @Consumes('alert-facts', 'escalation', { types: ['AlertRaised', 'AlertAccepted'] })
      async onFact(fact: Message): Promise<void> {
        seen.push({ by: 'escalation', message: fact });
      }
      @Consumes('alert-facts', 'escalation', { types: ['AlertResolved'] })
      async onResolved(fact: Message): Promise<void> {
        seen.push({ by: 'escalation resolved', message: fact });
      }
    }
    @Controller()
    class Notifications {
      @Consumes('alert-facts', 'notifications')
      async onFact(fact: Message): Promise<void> {
        seen.push({ by: 'notifications', message: fact });
      }
    }
    const transport = await listening(Escalation, Notifications);
    const raised = message('AlertRaised', { summary: 'disk full' });
    await bus.publish('alert-facts', [raised, message('AlertResolved'), { ...message('AlertRenamed'), fact }]);
    await transport.settled();
    const by = (name: string): string[] => seen.filter((one) => one.by === name).map((one) => one.message.type);
    expect(by('escalation')).toEqual(['AlertRaised']);
    expect(by('escalation resolved')).toEqual(['AlertResolved']);
    expect(by('notifications')).toEqual(['AlertRaised', 'AlertResolved', 'AlertRenamed']);
    expect(seen[0]?.message).toMatchObject({ ...raised, topic: 'alert-facts', offset: 0 });
    expect(await transport.lag()).toBe(0);
  });
});

describe('a message of a type that no handler of the group takes (P12)', () => {
  @Controller()
  class Alerts {
    @Consumes('resolutions', 'alerts', { types: ['LevelResolved'] })
    async onLevel(): Promise<void> {
      // What it is about is the other one.
    }
  }

  it('is passed over when it is a fact, which is in the log', async () => {
    const transport = await listening(Alerts);
    await bus.publish('resolutions', [{ ...message('LevelRenamed'), fact }]);
    await transport.settled();
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['handled']);
  });

  it('is parked when nothing but the bus holds it, and what follows goes on', async () => {
    const transport = await listening(Alerts);
    await bus.publish('resolutions', [message('LevelRenamed'), message('LevelResolved')]);
    await transport.settled();
    expect(outcomes.map(({ outcome, message: { type } }) => [outcome, type]).slice(-2)).toEqual([
      ['parked', 'LevelRenamed'],
      ['handled', 'LevelResolved'],
    ]);
  });
});

describe('an error thrown by a handler', () => {
  const refusal = rejected('alert-not-found');
  const fault = Object.assign(new Error('away'), { retriable: true, reason: 'unavailable' });
  const bug = new TypeError('cannot read this');
  const throwing = async (errors: readonly Error[]): Promise<MessageTransport> => {
    const remaining = [...errors];
    @Controller()
    class Throws {
      @Consumes('alert-facts', 'throws')
      async onFact(): Promise<void> {
        const error = remaining.shift();
        if (error !== undefined) throw error;
      }
    }
    const transport = await listening(Throws);
    await bus.publish('alert-facts', [message('AlertRaised')]);
    await transport.settled();
    return transport;
  };
  const seen = (): unknown[] => outcomes.map((one) => [one.outcome, 'error' in one ? one.error : undefined]);

  it('reaches the consumer as the very same object: a refusal is acknowledged', async () => {
    await throwing([refusal]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['refused']);
    expect(outcomes[0]).toHaveProperty('error', refusal);
    expect(outcomes[0] && 'error' in outcomes[0] && outcomes[0].error === refusal).toBe(true);
  });

  it('reaches the consumer as the very same object: a fault is retried', async () => {
    await throwing([fault, fault]);
    expect(seen()).toEqual([
      ['retrying', fault],
      ['retrying', fault],
      ['handled', undefined],
    ]);
    expect(outcomes.slice(0, 2).every((one) => 'error' in one && one.error === fault)).toBe(true);
  });

  it('reaches the consumer as the very same object: a bug is parked (P8)', async () => {
    await throwing([bug, bug, bug, bug]);
    expect(outcomes.at(-1)).toHaveProperty('outcome', 'parked');
    expect(outcomes.every((one) => 'error' in one && one.error === bug)).toBe(true);
    expect(await new ParkedMessages(bus, clock).list()).toMatchObject([{ group: 'throws', error: { name: 'TypeError' } }]);
  });
});

describe('a handler declared twice for the same messages', () => {
  it('is refused before anything is consumed', async () => {
    @Controller()
    class Twice {
      @Consumes('alert-facts', 'twice', { types: ['AlertRaised'] })
      async first(): Promise<void> {}
      @Consumes('alert-facts', 'twice', { types: ['AlertRaised'] })
      async second(): Promise<void> {}
    }
    await expect(listening(Twice)).rejects.toThrow('two handlers for AlertRaised');
  });
});

describe('closing the application', () => {
  it('finishes the handler that runs and leaves the rest to the next start', async () => {
    const events: string[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    @Controller()
    class Slow {
      @Consumes('resolutions', 'slow')
      async onResolution({ data }: Message): Promise<void> {
        begun();
        await held;
        events.push(String(data));
      }
    }
    const transport = await listening(Slow);
    await bus.publish('resolutions', [message('LevelResolved', 'first'), message('LevelResolved', 'second')]);
    await started;
    const closed = app?.close();
    while (transport.connected) await new Promise((resolve) => setImmediate(resolve));
    release();
    await closed;
    expect(events).toEqual(['first']);
    const again = await listening(Slow);
    await again.settled();
    expect(events).toEqual(['first', 'second']);
  });
});
