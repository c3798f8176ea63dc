import type { SendDutyNotice } from '@tocsin/contracts';
import { dutyNoticeStream, messagePreferences, planMessage } from '@tocsin/domain';
import type { DutyPreference } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { IdAllocator } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';
import { Notifications } from '../notifications';

/** Plans what people are told of their shifts, by their own rules; each rule once for each shift and each edit. */
export class DutyPlanner {
  constructor(
    private readonly parts: {
      readonly configuration: ConfigurationReader;
      readonly notifications: Notifications;
      readonly ids: IdAllocator;
      readonly settings: PlatformSettings;
    },
  ) {}

  /** @throws EventStoreFault, MessageBusFault */
  async plan({ userId, scheduleId, at, about }: SendDutyNotice, cause: Cause): Promise<void> {
    const { configuration, notifications, ids, settings } = this.parts;
    const user = await configuration.surely(() => configuration.get('user', userId));
    if (user === undefined) return;
    const preferences = messagePreferences(user, 'duties');
    const asking =
      about.type === 'begins' ? preferences.filter(({ beforeMin }) => beforeMin === about.beforeMin) : onceEachWay(preferences);
    const items = planMessage(asking, { user, activatedAt: at, canSend: (method) => settings.reachableMethods.has(method) });
    for (const { preferenceId, method, contactId, dueAt, held } of items) {
      if (preferenceId === undefined) continue;
      await notifications.plan(
        dutyNoticeStream(scheduleId, about, preferenceId),
        async () => ({
          notificationId: await ids.next('notification'),
          purpose: 'duty',
          userId,
          preferenceId,
          method,
          ...(contactId === undefined ? {} : { contactId }),
          duty: { scheduleId, about },
          at,
          dueAt,
        }),
        cause,
        held,
      );
    }
  }
}

/** Several rules for one contact differ in when a shift is told of; an edit is told of at once. */
const onceEachWay = (preferences: readonly DutyPreference[]): readonly DutyPreference[] =>
  preferences.filter(
    ({ method, contactId }, index) => preferences.findIndex((other) => other.method === method && other.contactId === contactId) === index,
  );
