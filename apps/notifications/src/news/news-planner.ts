import {
  actingPerson,
  alertDecider,
  alertStream,
  fold,
  isNewsForSubscribers,
  mayBeNews,
  messagePreferences,
  newsStream,
  planMessage,
  seesSource,
  statusUpdateOf,
  subscribedPeople,
} from '@tocsin/domain';
import type { AlertEvent, AlertSource, MessagePreference, News, PlanItem, Subscriber, User, UserId } from '@tocsin/domain';
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
 * Tells people what happens to alerts that they are on, or that they follow, as far as they have asked for it. Their preferences are those of the
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
    const forResponders = mayBeNews(placed.fact) && this.isWanted();
    const forSubscribers = isNewsForSubscribers(placed.fact) && (this.isFollowed() || subscribersIn(placed.fact).length > 0);
    if (!forResponders && !forSubscribers) return;
    const earlier = await this.earlier(placed);
    const told = forResponders ? await this.tellResponders(placed, earlier, cause) : [];
    if (forSubscribers) await this.tellSubscribers(placed, earlier, told, cause);
  }

  /** Nobody has switched them on, as is usual: then no stream is read, however many alerts there are. */
  private isWanted(): boolean {
    return this.parts.configuration.list('user').some((user) => messagePreferences(user, 'updates').length > 0);
  }

  private isFollowed(): boolean {
    return this.parts.configuration.list('source').some(({ subscribers = [] }) => subscribers.length > 0);
  }

  private async earlier({ fact, revision }: PlacedFact): Promise<readonly AlertEvent[]> {
    if (fact.type === 'AlertRaised') return [];
    const stored = await this.parts.eventStore.readStream(alertStream(fact.data.alertId));
    return stored.filter((event) => event.revision < revision).map(eventOf<AlertEvent>);
  }

  /** What was planned. */
  private async tellResponders(placed: PlacedFact, earlier: readonly AlertEvent[], cause: Cause): Promise<readonly Told[]> {
    const update = statusUpdateOf(placed.fact, fold(alertDecider, earlier), earlier);
    const told = (update?.userIds ?? []).map((userId) =>
      this.tell(userId, 'update', placed, cause, (user) => messagePreferences(user, 'updates').filter(({ type }) => type === update?.type)),
    );
    return (await Promise.all(told)).flat();
  }

  /** Whoever hears it as a responder at a contact does not hear it there once more. */
  private async tellSubscribers(placed: PlacedFact, earlier: readonly AlertEvent[], told: readonly Told[], cause: Cause): Promise<void> {
    const { configuration } = this.parts;
    const raised = [...earlier, placed.fact].find((event) => event.type === 'AlertRaised');
    const source = raised === undefined ? undefined : configuration.get('source', raised.data.sourceId);
    const subscribers = [...(source?.subscribers ?? []), ...subscribersIn(placed.fact)];
    const people = subscribedPeople(subscribers, (id) => configuration.get('team', id));
    await Promise.all(
      people
        .filter((userId) => userId !== actingPerson(placed.fact) && this.mayHear(userId, source))
        .map((userId) =>
          this.tell(userId, 'subscription', placed, cause, (user) =>
            messagePreferences(user, 'subscriptions').filter(
              ({ method, contactId }) =>
                !told.some((other) => other.userId === userId && other.method === method && other.contactId === contactId),
            ),
          ),
        ),
    );
  }

  /** Who followed it before a private team took its source is told nothing more. */
  private mayHear(userId: UserId, source: AlertSource | undefined): boolean {
    const { configuration } = this.parts;
    const user = configuration.get('user', userId);
    return user === undefined || source === undefined || seesSource(user, source, configuration);
  }

  private async tell(
    userId: UserId,
    purpose: News,
    { fact, revision, recordedAt }: PlacedFact,
    cause: Cause,
    asking: (user: User) => readonly MessagePreference[],
  ): Promise<readonly Told[]> {
    const user = await this.parts.people.at(userId, recordedAt);
    if (user === undefined) return [];
    const { reachableMethods } = this.parts.settings;
    const items = planMessage(asking(user), { user, activatedAt: fact.data.at, canSend: (method) => reachableMethods.has(method) });
    await Promise.all(items.map((item) => this.planOne(userId, item, { fact, revision, purpose }, cause)));
    return items.map((item) => ({ userId, ...item }));
  }

  private async planOne(
    userId: UserId,
    { preferenceId, method, contactId, dueAt, held }: PlanItem,
    { fact, revision, purpose }: Pick<PlacedFact, 'fact' | 'revision'> & { readonly purpose: News },
    cause: Cause,
  ): Promise<void> {
    if (preferenceId === undefined) return;
    const { alertId, at } = fact.data;
    await this.parts.notifications.plan(
      newsStream(alertId, purpose, revision, preferenceId),
      async () => ({
        notificationId: await this.parts.ids.next('notification'),
        alertId,
        purpose,
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

/** Who follows this very alert. */
const subscribersIn = ({ data }: AlertEvent): readonly Subscriber[] => ('subscribers' in data ? (data.subscribers ?? []) : []);

type Told = PlanItem & { readonly userId: UserId };
