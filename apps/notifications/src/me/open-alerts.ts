import { timeText } from '@tocsin/channels';
import { Clock } from '@tocsin/domain';
import type { User, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { Views } from '@tocsin/platform';
import { ALERTS_VIEW, ReadStore } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { AnswerLinks } from '../answer-links';

/** An alert as the page shows it, with what answers it: the page needs nothing else for that, also when it is offline. */
export interface MyOpenAlert {
  readonly id: number;
  readonly summary: string;
  readonly status: string;
  readonly mine: string;
  readonly sourceName: string;
  readonly reportTime: string;
  readonly links: ReturnType<AnswerLinks['links']>;
}

const MOST_SHOWN = 50;

/** What a person has to do with and is not over, newest first. */
export class OpenAlerts {
  constructor(
    private readonly parts: {
      readonly readStore: ReadStore;
      readonly views: Views;
      readonly configuration: ConfigurationReader;
      readonly links: AnswerLinks;
      readonly clock: Clock;
      readonly visibleWithinMs: number;
    },
  ) {}

  /** @throws ReadStoreFault, EventStoreFault */
  async of(user: User): Promise<readonly MyOpenAlert[]> {
    const { readStore, views, visibleWithinMs } = this.parts;
    await views.upToDate(ALERTS_VIEW, visibleWithinMs);
    const alerts = await readStore.find<AlertDocument>(ALERTS_VIEW, {
      in: { responder: [user.id], status: ['PENDING', 'ACCEPTED'] },
      sort: [
        { field: 'reportTime', descending: true },
        { field: 'id', descending: true },
      ],
      skip: 0,
      limit: MOST_SHOWN,
    });
    return alerts.map((alert) => this.shown(alert, user));
  }

  private shown(alert: AlertDocument, user: User): MyOpenAlert {
    const { id, summary, status, sourceId, reportTime, step } = alert;
    const { configuration, links, clock } = this.parts;
    return {
      ...{ id, summary, status, mine: statusOf(alert, user.id) },
      sourceName: configuration.get('source', sourceId)?.name ?? `#${sourceId}`,
      reportTime: timeText(reportTime, user),
      links: links.links({ alertId: id, userId: user.id, ...(step === undefined ? {} : { step }) }, clock.now()),
    };
  }
}

const statusOf = ({ responders }: AlertDocument, userId: UserId): string =>
  responders.find((responder) => responder.userId === userId)?.status ?? 'PENDING';
