import { alertDecider, alertStream, fold, mayBeNews, messagePreferences, newsStream, planMessage, statusUpdateOf } from '@tocsin/domain';
import type { AlertEvent, PlanItem, StatusUpdate, UserId } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { Position } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { IdAllocator } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';
import { Notifications } from '../notifications';
import { PeopleThen } from '../people-then';

/** A fact of an alert, with its place in the alert's stream and in the log. */
export interface PlacedFact {
  readonly fact: AlertEvent;
  readonly revision: number;
  readonly recordedAt: Position;
}

/**
 * Tells people what happens to alerts that they are on, as far as they have asked for it. Their preferences are those of the
 * moment at which the fact was recorded, and each message has its own stream: a fact that comes again is told once.
 */
export class NewsPlanner {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly configuration: ConfigurationReader;
      readonly notifications: Notifications;
      readonly people: PeopleThen;
      readonly ids: IdAllocator;
      readonly settings: PlatformSettings;
    },
  ) {}

  /** @throws EventStoreFault */
  async plan(placed: PlacedFact, cause: Cause): Promise<void> {
    if (!mayBeNews(placed.fact) || !this.isWanted()) return;
    const update = await this.update(placed);
    if (update === undefined) return;
    await Promise.all(update.userIds.map((userId) => this.tell(userId, update, placed, cause)));
  }

  /** Nobody has switched them on, as is usual: then no stream is read, however many alerts there are. */
  private isWanted(): boolean {
    return this.parts.configuration.list('user').some((user) => messagePreferences(user, 'updates').length > 0);
  }

  private async update({ fact, revision }: PlacedFact): Promise<StatusUpdate | undefined> {
    const stored = await this.parts.eventStore.readStream(alertStream(fact.data.alertId));
    const earlier = stored.filter((event) => event.revision < revision).map(eventOf<AlertEvent>);
    return statusUpdateOf(fact, fold(alertDecider, earlier), earlier);
  }

  private async tell(userId: UserId, { type }: StatusUpdate, { fact, revision, recordedAt }: PlacedFact, cause: Cause): Promise<void> {
    const user = await this.parts.people.at(userId, recordedAt);
    if (user === undefined) return;
    const { reachableMethods } = this.parts.settings;
    const asking = messagePreferences(user, 'updates').filter((preference) => preference.type === type);
    const items = planMessage(asking, { user, activatedAt: fact.data.at, canSend: (method) => reachableMethods.has(method) });
    await Promise.all(items.map((item) => this.planOne(userId, item, { fact, revision }, cause)));
  }

  private async planOne(
    userId: UserId,
    item: PlanItem,
    { fact, revision }: Pick<PlacedFact, 'fact' | 'revision'>,
    cause: Cause,
  ): Promise<void> {
    const { preferenceId, method, contactId, dueAt, held } = item;
    if (preferenceId === undefined) return;
    const { alertId, at } = fact.data;
    await this.parts.notifications.plan(
      newsStream(alertId, 'update', revision, preferenceId),
      async () => ({
        notificationId: await this.parts.ids.next('notification'),
        alertId,
        purpose: 'update',
        userId,
        preferenceId,
        method,
        ...(contactId === undefined ? {} : { contactId }),
        at,
        dueAt,
        alertRevision: revision,
      }),
      cause,
      held,
    );
  }
}
