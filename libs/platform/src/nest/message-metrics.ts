import { factRoutes } from '@tocsin/contracts';
import type { Clock } from '@tocsin/domain';
import type { EventStore } from '@tocsin/event-store';
import { MessageBusFault } from '@tocsin/messaging';
import type { Outcome, Relay } from '@tocsin/messaging';
import type { Metrics } from '../metrics';
import type { MessageTransport } from './message-transport';

/** Counts what becomes of each try to handle a message. */
export const countOutcomes = (metrics: Metrics): ((outcome: Outcome) => void) => {
  const handled = metrics.counter({
    name: 'tocsin_messages_total',
    help: 'Tries to handle a message, by what became of them.',
    labels: ['topic', 'group', 'outcome'],
  });
  return ({ message: { topic }, group, outcome }) => handled.inc({ topic, group, outcome });
};

/** How far the consumers of this process are behind; asked for at each scrape. */
export const measureConsumers = (metrics: Metrics, clock: Clock, transport: MessageTransport): void => {
  const labels = ['topic', 'group'] as const;
  metrics.gauge(
    { name: 'tocsin_consumer_lag_messages', help: 'Messages published and not yet done with by the group.', labels },
    async () => {
      try {
        return (await transport.lags()).map(({ topic, group, lag }) => ({ labels: { topic, group }, value: lag }));
      } catch (error) {
        // While the bus is away there is no number, and readiness says so.
        if (error instanceof MessageBusFault) return [];
        throw error;
      }
    },
  );
  metrics.gauge(
    {
      name: 'tocsin_consumer_oldest_unprocessed_seconds',
      help: 'Age of the oldest message that this process was given and is not done with.',
      labels,
    },
    () =>
      transport.oldest().map(({ topic, group, time }) => ({
        labels: { topic, group },
        value: time === undefined ? 0 : Math.max(0, clock.now() - time) / 1_000,
      })),
  );
};

/** How long the oldest fact has been waiting for the relay; `relay` gives the one that runs here now. */
export const measureRelay = (metrics: Metrics, clock: Clock, eventStore: EventStore, relay: () => Relay | undefined): void => {
  metrics.gauge({ name: 'tocsin_relay_lag_seconds', help: 'Age of the oldest fact that is not on the bus yet.' }, async () => {
    const after = relay()?.position();
    if (after === undefined) return [];
    const { events } = await eventStore.readAll({ after, prefixes: factRoutes.map(({ prefix }) => prefix), limit: 1 });
    const [oldest] = events;
    return [{ labels: {}, value: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest.metadata.time) / 1_000 }];
  });
};
