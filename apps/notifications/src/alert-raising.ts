import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@tocsin/contracts';
import type { RaiseAlert } from '@tocsin/contracts';
import { alertStream, Clock, mayAnswerAlerts, seesSource } from '@tocsin/domain';
import type { User } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import { Views } from '@tocsin/platform';
import { ALERTS_VIEW, ReadStoreFault } from '@tocsin/read-models';

const LOOK_AGAIN_MS = 15;

/** Alerts that people raise where they chat: a durable command under their name, as with an answer. */
export class AlertRaising {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly bus: MessageBus;
      readonly configuration: ConfigurationReader;
      readonly clock: Clock;
      readonly views: Views;
      readonly visibleWithinMs: number;
    },
  ) {}

  /** `taken`: durable, and not carried out within the time. @throws MessageBusFault, EventStoreFault */
  async raise(request: Omit<RaiseAlert, 'userId' | 'at'>, by: User, commandId: string): Promise<'raised' | 'taken' | 'refused'> {
    const { configuration, bus, clock } = this.parts;
    const source = await configuration.surely(() => configuration.get('source', request.sourceId));
    if (source === undefined || !mayAnswerAlerts(by) || !seesSource(by, source, configuration)) return 'refused';
    const at = clock.now();
    const data: RaiseAlert = { ...request, userId: by.id, at };
    const about = { type: 'RaiseAlert', schemaVersion: 1, time: at, correlationId: commandId, causationId: commandId } as const;
    await bus.publish(topics.alertCommands, [{ id: commandId, key: alertStream(request.alertId), ...about, data }]);
    return this.raised(alertStream(request.alertId));
  }

  private async raised(stream: string): Promise<'raised' | 'taken'> {
    const { eventStore, visibleWithinMs } = this.parts;
    const deadline = performance.now() + visibleWithinMs;
    for (;;) {
      const last = await eventStore.readLast(stream);
      if (last !== undefined) {
        await this.seenByReads(last.position, deadline - performance.now());
        return 'raised';
      }
      if (performance.now() >= deadline) return 'taken';
      await delay(LOOK_AGAIN_MS);
    }
  }

  /** Whoever looks at the list after they were told finds the alert there (BEHAVIOUR B1). */
  private async seenByReads(position: string, withinMs: number): Promise<void> {
    try {
      await this.parts.views.waitFor(ALERTS_VIEW, position, Math.max(0, withinMs));
    } catch (error) {
      if (!(error instanceof ReadStoreFault)) throw error;
    }
  }
}
