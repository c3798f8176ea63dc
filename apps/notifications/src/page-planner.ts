import { Clock, mergePages, notificationStream, planLastResort, planNotifications, unchosenNotificationStream } from '@tocsin/domain';
import type {
  AlertId,
  AlertPriority,
  ContactId,
  EscalationStep,
  Instant,
  NotificationMethod,
  NotificationPurpose,
  PreferenceId,
  UnsentPage,
  User,
  UserId,
} from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { IdAllocator } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';
import { Notifications } from './notifications';
import type { FactContext } from './notifications';

/** What one fact of an alert asks for: these people are to be paged now. */
export interface Activation {
  readonly alertId: AlertId;
  readonly activation: number;
  readonly userIds: readonly UserId[];
  readonly step?: EscalationStep;
  readonly priority: AlertPriority;
  readonly purpose: Extract<NotificationPurpose, 'page' | 'fallback'>;
  readonly at: Instant;
  /** Revision of the fact in the alert's stream. */
  readonly alertRevision: number;
}

/** One item of a person's plan; `held` says why nothing is sent by it. */
interface Item {
  readonly preferenceId?: PreferenceId;
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
  readonly dueAt: Instant;
  readonly held?: string;
}

/** Older activations that may still have something unsent to the same contact; more than a minute back none does. */
const ACTIVATIONS_LOOKED_BACK = 5;

const CONFIGURATION_WITHIN_MS = 2_000;

/** Makes the plan of each activated person from their preferences: one notification each, recorded once. */
export class PagePlanner {
  constructor(
    private readonly parts: {
      readonly configuration: ConfigurationReader;
      readonly notifications: Notifications;
      readonly ids: IdAllocator;
      readonly clock: Clock;
      readonly settings: PlatformSettings;
    },
  ) {}

  /** @throws EventStoreFault, MessageBusFault */
  async plan(activation: Activation, context: FactContext): Promise<void> {
    await Promise.all(activation.userIds.map((userId) => this.planFor(userId, activation, context)));
  }

  private async planFor(userId: UserId, activation: Activation, context: FactContext): Promise<void> {
    const user = await this.userOf(userId);
    if (user === undefined) return;
    await Promise.all(this.itemsFor(user, activation).map((item) => this.planOne(user, item, activation, context)));
  }

  /** Somebody may have been made a moment ago, elsewhere: they are not passed over in silence. @throws MessageBusFault */
  private async userOf(userId: UserId): Promise<User | undefined> {
    const { configuration } = this.parts;
    const known = configuration.get('user', userId);
    if (known !== undefined) return known;
    await configuration.upToDate(CONFIGURATION_WITHIN_MS);
    return configuration.get('user', userId);
  }

  /** What leads to nothing is on record, too: the timeline says why a person was not paged. */
  private itemsFor(user: User, { priority, purpose, at }: Activation): readonly Item[] {
    const canSend = (method: NotificationMethod): boolean => this.parts.settings.reachableMethods.has(method);
    const question = { user, priority, activatedAt: at, canSend };
    const { planned, unusable } = planNotifications(question);
    const lastResort = purpose === 'fallback' && planned.length === 0 ? planLastResort(question) : [];
    const held = unusable.map(({ reason, ...item }): Item => ({ ...item, dueAt: at, held: reason }));
    const items: readonly Item[] = [...planned, ...lastResort, ...held];
    return items.length > 0 ? items : [{ method: 'EMAIL', dueAt: at, held: 'no-preference' }];
  }

  private async planOne(
    user: User,
    item: Item,
    { alertId, activation, step, purpose, at, alertRevision }: Activation,
    context: FactContext,
  ): Promise<void> {
    const { preferenceId, method, contactId, held } = item;
    const stream =
      preferenceId === undefined
        ? unchosenNotificationStream(alertId, activation, { userId: user.id, ...(contactId === undefined ? {} : { contactId }) })
        : notificationStream(alertId, activation, preferenceId);
    const page: UnsentPage = {
      stream,
      userId: user.id,
      round: step?.round ?? 0,
      activation,
      method,
      dueAt: item.dueAt,
      ...(contactId === undefined ? {} : { contactId }),
    };
    const { dueAt, replaced } =
      held === undefined ? mergePages(page, await this.unsentBefore(page, alertId, user)) : { dueAt: item.dueAt, replaced: [] };
    await this.parts.notifications.plan(
      stream,
      async () => ({
        notificationId: await this.parts.ids.next('notification'),
        alertId,
        activation,
        ...(step === undefined ? {} : { step }),
        purpose,
        userId: user.id,
        ...(preferenceId === undefined ? {} : { preferenceId }),
        method,
        ...(contactId === undefined ? {} : { contactId }),
        at,
        dueAt,
        alertRevision,
      }),
      context,
      held,
    );
    // The newer one is recorded first: a crash in between costs a second page, never the only one.
    for (const older of replaced) await this.parts.notifications.cancel(older.stream, 'merged', context);
  }

  /** Whatever preference it was planned for: two rules may lead to one contact (B8). */
  private async unsentBefore({ activation, method, contactId }: UnsentPage, alertId: AlertId, user: User): Promise<readonly UnsentPage[]> {
    const first = Math.max(1, activation - ACTIVATIONS_LOOKED_BACK);
    const older = Array.from({ length: activation - first }, (_, index) => first + index);
    const alike = user.alertPreferences.filter((preference) => preference.method === method && preference.contactId === contactId);
    const streams = older.flatMap((before) => alike.map(({ id }) => notificationStream(alertId, before, id)));
    const unsent = await Promise.all(streams.map((stream) => this.parts.notifications.unsent(stream)));
    return unsent.filter((candidate) => candidate !== undefined);
  }
}
