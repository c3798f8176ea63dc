import { Clock, mergePages, notificationStream, planNotifications } from '@tocsin/domain';
import type { AlertId, AlertPriority, EscalationStep, Instant, NotificationPurpose, UnsentPage, User, UserId } from '@tocsin/domain';
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

/** Older activations that may still have something unsent to the same contact; more than a minute back none does. */
const ACTIVATIONS_LOOKED_BACK = 5;

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

  /** @throws EventStoreFault */
  async plan(activation: Activation, context: FactContext): Promise<void> {
    await Promise.all(activation.userIds.map((userId) => this.planFor(userId, activation, context)));
  }

  private async planFor(userId: UserId, activation: Activation, context: FactContext): Promise<void> {
    const user = this.parts.configuration.get('user', userId);
    if (user === undefined) return;
    const { planned } = planNotifications({
      user,
      priority: activation.priority,
      activatedAt: activation.at,
      canSend: (method) => this.parts.settings.reachableMethods.has(method),
    });
    await Promise.all(planned.map((item) => this.planOne(user, item, activation, context)));
  }

  private async planOne(
    user: User,
    item: ReturnType<typeof planNotifications>['planned'][number],
    { alertId, activation, step, purpose, at, alertRevision }: Activation,
    context: FactContext,
  ): Promise<void> {
    const stream = notificationStream(alertId, activation, item.preferenceId);
    const round = step?.round ?? 0;
    const page: UnsentPage = {
      stream,
      userId: user.id,
      round,
      activation,
      method: item.method,
      dueAt: item.dueAt,
      ...(item.contactId === undefined ? {} : { contactId: item.contactId }),
    };
    const { dueAt, replaced } = mergePages(page, await this.unsentBefore(page, alertId, item.preferenceId));
    await this.parts.notifications.plan(
      stream,
      async () => ({
        notificationId: await this.parts.ids.next('notification'),
        alertId,
        activation,
        ...(step === undefined ? {} : { step }),
        purpose,
        userId: user.id,
        preferenceId: item.preferenceId,
        method: item.method,
        ...(item.contactId === undefined ? {} : { contactId: item.contactId }),
        at,
        dueAt,
        alertRevision,
      }),
      context,
    );
    // The newer one is recorded first: a crash in between costs a second page, never the only one.
    for (const older of replaced) await this.parts.notifications.cancel(older.stream, 'merged', context);
  }

  private async unsentBefore(
    page: UnsentPage,
    alertId: AlertId,
    preferenceId: Parameters<typeof notificationStream>[2],
  ): Promise<readonly UnsentPage[]> {
    const first = Math.max(1, page.activation - ACTIVATIONS_LOOKED_BACK);
    const older = Array.from({ length: page.activation - first }, (_, index) => first + index);
    const unsent = await Promise.all(
      older.map((activation) => this.parts.notifications.unsent(notificationStream(alertId, activation, preferenceId))),
    );
    return unsent.filter((candidate) => candidate !== undefined);
  }
}
