export { KafkaMessageBus } from './kafka-message-bus';
export type { KafkaLog, KafkaOptions } from './kafka-options';
