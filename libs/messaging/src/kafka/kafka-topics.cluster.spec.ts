import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { onKafka } from '../testing/on-kafka';
import type { KafkaMessageBus } from './kafka-message-bus';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const LOOK_MS = 30_000;

describe('a topic that somebody deletes on the brokers', () => {
  const definition = (name: string) => ({ name, compacted: name === 'followed', retentionDays: 7 });
  const all = ['followed', 'deleted', 'kept'].map(definition);
  let prefix: string;
  let bus: KafkaMessageBus;
  let admin: Admin;

  beforeEach(async () => {
    prefix = `lost-${randomUUID()}-`;
    bus = onKafka({ topicPrefix: prefix });
    admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await Promise.all([admin.connect(), bus.declare(all)]);
    await bus.followCompacted('followed', () => undefined);
    expect(await bus.lostTopics()).toEqual([]);
  }, LOOK_MS);
  afterEach(async () => {
    await bus.close();
    await admin.disconnect();
  }, LOOK_MS);

  const remove = () => admin.deleteTopics({ topics: [`${prefix}deleted`] });
  /** A broker says what it knows, which is what was done a moment ago. */
  const lostNow = async (wanted: readonly string[]): Promise<void> => {
    const deadline = performance.now() + LOOK_MS;
    while (JSON.stringify(await bus.lostTopics()) !== JSON.stringify(wanted) && performance.now() < deadline);
    expect(await bus.lostTopics()).toEqual(wanted);
  };

  it(
    'is lost, and the others are not',
    async () => {
      await remove();
      await lostNow(['deleted']);
    },
    2 * LOOK_MS,
  );

  it(
    'is lost still when one of its name was made since',
    async () => {
      await remove();
      await lostNow(['deleted']);
      const again = onKafka({ topicPrefix: prefix });
      await again.declare(all);
      await lostNow(['deleted']);
      await again.followCompacted('followed', () => undefined);
      expect(await again.lostTopics()).toEqual([]);
      await again.close();
    },
    2 * LOOK_MS,
  );
});
