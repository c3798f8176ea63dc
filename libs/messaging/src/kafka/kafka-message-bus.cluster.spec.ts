import { messageBusContract } from '../message-bus.contract';
import { onKafka } from '../testing/on-kafka';

async function open() {
  let bus = onKafka();
  return {
    bus,
    // The broker goes on; `kafka-outages.cluster.spec.ts` ends brokers.
    reopen: async () => {
      await bus.close();
      return (bus = onKafka());
    },
    close: () => bus.close(),
  };
}

messageBusContract('on Kafka', open);
