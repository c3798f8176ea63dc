import type { MessageContent } from '@tocsin/channels';
import { Clock, stoppedBy } from '@tocsin/domain';
import type { AlertEvent, CancelReason, NotificationEventOf, Recipient } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';
import { readAlertFromItsStream } from '@tocsin/read-models';
import type { AlertHistory } from '@tocsin/read-models';
import type { AttemptNotes, MessageComposer, Planned } from './message-composer';
import { Notifications } from './notifications';
import type { WaysToReply } from './ways-to-reply';

/** A page whose attempt is on record. */
export interface Page {
  readonly stream: string;
  readonly plan: Planned;
  readonly attempt: NotificationEventOf<'AttemptStarted'>['data'];
}

export interface WantedPagesParts {
  readonly notifications: Notifications;
  readonly eventStore: EventStore;
  readonly composer: MessageComposer;
  readonly clock: Clock;
  readonly waysToReply: WaysToReply;
}

/** What a page says, as things are at the moment; after that only the provider is called. */
export class WantedPages {
  constructor(private readonly parts: WantedPagesParts) {}

  /** Those that are not wanted any more end here. */
  async of(
    pages: readonly (Page & { readonly reply?: AttemptNotes['reply'] })[],
    recipient: Recipient,
    cause: Cause,
  ): Promise<readonly (Page & { readonly content: MessageContent })[]> {
    const { notifications, clock, waysToReply } = this.parts;
    const told = await Promise.all(
      pages.map(async ({ reply, ...page }) => {
        const { stream, plan, attempt } = page;
        const content = await this.contentFor(plan, recipient, {
          ...attempt,
          ...(reply === undefined ? {} : { reply }),
          canReplyByMail: waysToReply.isToldByMail(stream, plan),
        });
        if (!('stopped' in content)) return [{ ...page, content }];
        const reason = content.stopped;
        await notifications.change(stream, { type: 'abandonAttempt', at: clock.now(), attempt: attempt.attempt, reason }, cause);
        return [];
      }),
    );
    return told.flat();
  }

  private async contentFor(
    plan: Planned,
    { user }: Recipient,
    notes: AttemptNotes,
  ): Promise<MessageContent | { readonly stopped: CancelReason }> {
    if (plan.alertId === undefined) return this.parts.composer.withoutAlert(plan, user);
    // Read now, after the attempt was recorded: whoever answered before this moment is not paged.
    const history = await readAlertFromItsStream(this.parts.eventStore, plan.alertId);
    if (history === undefined) return { stopped: 'resolved' };
    if (plan.purpose === 'update' || plan.purpose === 'subscription')
      return this.parts.composer.news(plan, user, history) ?? { stopped: 'expired' };
    const stopped = stoppedBy({ userId: plan.userId, alertRevision: plan.alertRevision ?? 0 }, factsOf(history));
    return stopped === undefined ? this.parts.composer.page(plan, user, history, notes) : { stopped };
  }
}

const factsOf = ({ events }: AlertHistory) => events.map((stored) => ({ revision: stored.revision, event: eventOf<AlertEvent>(stored) }));
