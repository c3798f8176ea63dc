import { Controller, Optional } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import { activationOf, mayStopPages, stoppedByFact } from '@tocsin/domain';
import type { AlertEvent, AlertId, CancelReason } from '@tocsin/domain';
import type { Position } from '@tocsin/event-store';
import { causeOf } from '@tocsin/messaging';
import type { Cause, Message } from '@tocsin/messaging';
import { Views } from '@tocsin/platform';
import { Consumes } from '@tocsin/platform/nest';
import { NOTIFICATIONS_VIEW, ReadStore, ReadStoreFault } from '@tocsin/read-models';
import type { NotificationDocument } from '@tocsin/read-models';
import { NewsPlanner } from './news/news-planner';
import { PagePlanner } from './page-planner';
import { Recalls } from './recalls';
import { SlackFollower } from './slack/slack-follower';

const VIEW_WITHIN_MS = 2_000;
/** More than this many notifications of one alert are waiting only in a storm; the rest end when they are attempted. */
const CANCELLED_AT_ONCE = 500;

/** Plans pages for whom an alert activates, takes back those that an answer makes pointless, and tells others the news. */
@Controller()
export class AlertFactsConsumer {
  constructor(
    private readonly planner: PagePlanner,
    private readonly news: NewsPlanner,
    private readonly recalls: Recalls,
    private readonly views: Views,
    private readonly readStore: ReadStore,
    @Optional() private readonly slack?: SlackFollower,
  ) {}

  @Consumes(topics.alertFacts, 'notifications')
  async handle(message: Message): Promise<void> {
    if (message.fact === undefined) return;
    const fact = { type: message.type, data: message.data } as AlertEvent;
    const cause = causeOf(message);
    if (mayStopPages(fact)) await this.cancelStopped(fact, message.fact.revision, cause);
    const { revision } = message.fact;
    const recordedAt = message.fact.position as Position;
    const activation = activationOf(fact, revision);
    if (activation !== undefined) await this.planner.plan(activation, recordedAt, cause);
    await this.news.plan({ fact, revision, recordedAt }, cause);
    // People first: that a channel cannot be told keeps nobody from being paged.
    await this.slack?.follow(fact, revision, cause);
  }

  /**
   * Ends what is still planned, so that it is seen to be over at once. It is not what keeps a page from being sent: each
   * attempt asks the alert's stream itself (P5). So a read store that is away is no reason to wait.
   */
  private async cancelStopped(fact: AlertEvent, revision: number, cause: Cause): Promise<void> {
    for (const { stream, reason } of await this.stopped(fact.data.alertId, fact, revision))
      await this.recalls.cancel(stream, reason, cause);
  }

  private async stopped(
    alertId: AlertId,
    fact: AlertEvent,
    revision: number,
  ): Promise<readonly { readonly stream: string; readonly reason: CancelReason }[]> {
    try {
      await this.views.upToDate(NOTIFICATIONS_VIEW, VIEW_WITHIN_MS);
      const documents = await this.readStore.find<NotificationDocument>(NOTIFICATIONS_VIEW, {
        in: { alert: [alertId], state: ['planned', 'retrying', 'held', 'handed-over'] },
        // What waits is among the newest.
        sort: [{ field: 'notificationId', descending: true }],
        skip: 0,
        limit: CANCELLED_AT_ONCE,
      });
      return documents.filter(isOpenPage).flatMap((document) => {
        const reason = (document.alertRevision ?? 0) < revision ? stoppedByFact(document.userId, fact) : undefined;
        return reason === undefined ? [] : [{ stream: document.id, reason }];
      });
    } catch (error) {
      if (error instanceof ReadStoreFault) return [];
      throw error;
    }
  }
}

/** What asks for an answer, and has not arrived as far as is known: news stays news, and only a call takes a while to arrive. */
const isOpenPage = ({ purpose, method, state }: NotificationDocument): boolean =>
  (purpose === 'page' || purpose === 'fallback') && (state !== 'handed-over' || method === 'VOICE');
