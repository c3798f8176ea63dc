import { mergePages, notificationStream, planItems, unchosenNotificationStream } from '@tocsin/domain';
import type { Activation, AlertId, PlanItem, UnsentPage, User, UserId } from '@tocsin/domain';
import type { Position } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';
import { IdAllocator } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';
import { Notifications } from './notifications';
import { PeopleThen } from './people-then';

/** Older activations that may still have something unsent to the same contact; more than a minute back none does. */
const ACTIVATIONS_LOOKED_BACK = 5;

/**
 * Makes the plan of each activated person from their preferences: one notification each, recorded once. The preferences are
 * those of the moment at which the fact was recorded, read from the person's own stream: so a fact that comes again, on any
 * replica and however much later, leads to the same plan, and no replica is behind.
 */
export class PagePlanner {
  constructor(
    private readonly parts: {
      readonly people: PeopleThen;
      readonly notifications: Notifications;
      readonly ids: IdAllocator;
      readonly settings: PlatformSettings;
    },
  ) {}

  /** `recordedAt`: the fact's place in the log. @throws EventStoreFault */
  async plan(activation: Activation, recordedAt: Position, cause: Cause): Promise<void> {
    await Promise.all(activation.userIds.map((userId) => this.planFor(userId, activation, recordedAt, cause)));
  }

  private async planFor(userId: UserId, activation: Activation, recordedAt: Position, cause: Cause): Promise<void> {
    const user = await this.parts.people.at(userId, recordedAt);
    // Their stream is gone: whoever was erased has no plan any more (B33).
    if (user === undefined) return;
    const { priority, purpose, at } = activation;
    const { reachableMethods } = this.parts.settings;
    const items = planItems({ user, priority, activatedAt: at, canSend: (method) => reachableMethods.has(method) }, purpose);
    await Promise.all(items.map((item) => this.planOne(user, item, activation, cause)));
  }

  private async planOne(
    user: User,
    item: PlanItem,
    { alertId, activation, step, purpose, at, alertRevision }: Activation,
    cause: Cause,
  ): Promise<void> {
    const { preferenceId, method, contactId, held } = item;
    const stream =
      preferenceId === undefined
        ? unchosenNotificationStream(alertId, activation, { userId: user.id, method, ...(contactId === undefined ? {} : { contactId }) })
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
      cause,
      held,
    );
    // The newer one is recorded first: a crash in between costs a second page, never the only one.
    for (const older of replaced) await this.parts.notifications.cancel(older.stream, 'merged', cause);
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
