import type { AlertEvent } from '@tocsin/domain';
import type { Counter, Metrics } from '@tocsin/platform';
import { ALERTS_VIEW, ReadStore, ReadStoreFault } from '@tocsin/read-models';
import type { ToolEventOutcome } from './tool-events';

const OPEN = ['PENDING', 'ACCEPTED'] as const;

/** What alerts counts, and how many are open. */
export class AlertMetrics {
  private readonly opened: Counter<'priority'>;
  private readonly toolEvents: Counter<'outcome' | 'reason'>;

  constructor(metrics: Metrics, readStore: ReadStore) {
    this.opened = metrics.counter({
      name: 'tocsin_alerts_opened_total',
      help: 'Alerts opened, by tools and by people.',
      labels: ['priority'],
    });
    this.toolEvents = metrics.counter({
      name: 'tocsin_tool_events_total',
      help: 'Tool events taken to their alerts, by what became of them.',
      labels: ['outcome', 'reason'],
    });
    metrics.gauge({ name: 'tocsin_alerts_open', help: 'Alerts that are not resolved.', labels: ['status'] }, async () => {
      try {
        return await Promise.all(
          OPEN.map(async (status) => ({ labels: { status }, value: await readStore.count(ALERTS_VIEW, { in: { status: [status] } }) })),
        );
      } catch (error) {
        // While the view cannot be read there is no number.
        if (error instanceof ReadStoreFault) return [];
        throw error;
      }
    });
  }

  /** Of what was appended, not of what was known already. */
  recorded(events: readonly { readonly type: string; readonly data: unknown }[]): void {
    for (const stored of events) {
      const event = { type: stored.type, data: stored.data } as AlertEvent;
      if (event.type === 'AlertRaised') this.opened.inc({ priority: event.data.priority });
    }
  }

  taken(outcome: ToolEventOutcome): void {
    this.toolEvents.inc({ outcome: outcome.type, reason: 'reason' in outcome ? outcome.reason : 'none' });
  }
}
