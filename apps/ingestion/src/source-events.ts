import type { PublicSourceEvent } from '@tocsin/contracts';
import { Clock, sourceLogStreams, toIso } from '@tocsin/domain';
import type { AlertSourceId, SourceLogEvent, WhyWithoutEffect } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';
import type { Page } from '@tocsin/platform/nest';

const texts: Readonly<Record<WhyWithoutEffect, string>> = {
  'source-inactive': 'the alert source is not active',
  'key-required': 'without an alertKey there is no alert that it could mean',
  'no-comment': 'a COMMENT has to bring comments',
  'no-open-alert': 'no alert is open for its alertKey',
  'episode-over': 'the tool has ended this episode before: a late duplicate',
  ambiguous: 'several alerts are open, and it names none of them',
  'nothing-firing': 'nothing in it is firing',
  'received-before-resolution': 'it was received before the alert was resolved, and counted as a repeat',
};

/** The event log of an alert source, read from its streams. */
export class SourceEvents {
  constructor(
    private readonly eventStore: EventStore,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws EventStoreFault */
  async list(sourceId: AlertSourceId, { startIndex, maxResults }: Page): Promise<readonly PublicSourceEvent[]> {
    const found: PublicSourceEvent[] = [];
    for (const stream of sourceLogStreams(sourceId, this.clock.now())) {
      if (found.length >= startIndex + maxResults) break;
      found.push(...counted((await this.eventStore.readStream(stream)).toReversed().flatMap(shown)));
    }
    return found.slice(startIndex, startIndex + maxResults);
  }
}

/** What several replicas counted in one hour, as one count for each reason. */
const counted = (events: readonly PublicSourceEvent[]): readonly PublicSourceEvent[] => {
  const together = new Map<string, PublicSourceEvent>();
  events.forEach((event, index) => {
    const key = event.eventType === null ? `${event.time} ${event.reason}` : `${index}`;
    const known = together.get(key);
    together.set(key, known === undefined ? event : { ...known, count: known.count + event.count });
  });
  return [...together.values()];
};

const shown = (stored: StoredEvent): readonly PublicSourceEvent[] => {
  const event = eventOf<SourceLogEvent>(stored);
  const time = toIso(event.data.at);
  const about = (reason: WhyWithoutEffect) => ({ outcome: 'DROPPED', reason, text: texts[reason] }) as const;
  switch (event.type) {
    case 'ToolEventDropped': {
      const { eventType, alertKey = null, reason } = event.data;
      return [{ time, eventType, alertKey, ...about(reason), count: 1 }];
    }
    case 'ToolEventsDropped':
      return Object.entries(event.data.counts).map(([reason, count]) => ({
        time,
        eventType: null,
        alertKey: null,
        ...about(reason as WhyWithoutEffect),
        count,
      }));
    default:
      return [];
  }
};
