import { KafkaMessageBus } from '../kafka';
import type { KafkaOptions } from '../kafka';

/** `brokers` as in `KAFKA_BROKERS`: the servers that the cluster tests were given. Few partitions, so that keys share some. */
export const onKafka = (about: Partial<KafkaOptions> & { readonly at?: string } = {}): KafkaMessageBus => {
  const { at = process.env['KAFKA_BROKERS'] ?? '', ...options } = about;
  return new KafkaMessageBus({ brokers: at.split(','), partitions: 3, ...options }, Math.random);
};
