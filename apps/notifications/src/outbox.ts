import { renderMessage, timeText } from '@tocsin/channels';
import { contactTarget, toIso } from '@tocsin/domain';
import type { NotificationEvent, User } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { Views } from '@tocsin/platform';
import { NOTIFICATIONS_VIEW, ReadStore, readAlertFromItsStream } from '@tocsin/read-models';
import type { NotificationDocument } from '@tocsin/read-models';
import { MessageComposer } from './message-composer';
import type { AttemptNotes } from './message-composer';

export interface OutboxMessage {
  readonly notificationId: number;
  readonly alertId: number | null;
  readonly method: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly at: string;
  /** By the clocks of the person it is to. */
  readonly atText: string;
}

/**
 * What would have been sent by methods that have no provider: rendered from the event log when looked at, newest first,
 * with the same working answer links as the sent message would have had.
 */
export class Outbox {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly readStore: ReadStore;
      readonly configuration: ConfigurationReader;
      readonly composer: MessageComposer;
      readonly views: Views;
      readonly visibleWithinMs: number;
    },
  ) {}

  /** @throws ReadStoreFault, EventStoreFault */
  async newest(limit: number): Promise<readonly OutboxMessage[]> {
    const { views, readStore, visibleWithinMs } = this.parts;
    await views.upToDate(NOTIFICATIONS_VIEW, visibleWithinMs);
    const kept = await readStore.find<NotificationDocument>(NOTIFICATIONS_VIEW, {
      in: { provider: ['outbox'] },
      sort: [
        { field: 'at', descending: true },
        { field: 'notificationId', descending: true },
      ],
      skip: 0,
      limit,
    });
    const messages = await Promise.all(kept.filter(({ state }) => state === 'handed-over').map((document) => this.message(document)));
    return messages.filter((message) => message !== undefined);
  }

  private async message(document: NotificationDocument): Promise<OutboxMessage | undefined> {
    const user = this.parts.configuration.get('user', document.userId);
    const events = (await this.parts.eventStore.readStream(document.id)).map(eventOf<NotificationEvent>);
    const [planned] = events;
    if (user === undefined || planned?.type !== 'NotificationPlanned') return undefined;
    const attempt = events.findLast((event) => event.type === 'AttemptStarted');
    const content = await this.content(planned.data, user, attempt?.data ?? { lateMs: 0, possiblyDuplicate: false });
    if (content === undefined) return undefined;
    const at = document.handedOverAt ?? document.at;
    const rendered = renderMessage(document.method, content);
    return {
      notificationId: document.notificationId,
      alertId: document.alertId,
      method: document.method,
      to: contactTarget(user, document.contactId) ?? '',
      subject: rendered.subject,
      text: rendered.text,
      ...(rendered.html === undefined ? {} : { html: rendered.html }),
      at: toIso(at),
      atText: timeText(at, { timezone: user.timezone, language: 'en' }),
    };
  }

  private async content(planned: Extract<NotificationEvent, { type: 'NotificationPlanned' }>['data'], user: User, attempt: AttemptNotes) {
    if (planned.alertId === undefined) {
      const content = await this.parts.composer.withoutAlert(planned, user);
      return 'stopped' in content ? undefined : content;
    }
    const history = await readAlertFromItsStream(this.parts.eventStore, planned.alertId);
    if (history === undefined) return undefined;
    return planned.purpose === 'update' || planned.purpose === 'subscription'
      ? this.parts.composer.news(planned, user, history)
      : this.parts.composer.page(planned, user, history, attempt);
  }
}
