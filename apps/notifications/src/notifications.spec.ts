import type { PreferenceId } from '@tocsin/domain';
import { alertId, ana, minute } from '@tocsin/domain/testing';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { Metrics, WoundClock } from '@tocsin/platform';
import { Notifications } from './notifications';
import { logInADirectory } from './testing/log-in-a-directory';

describe('a notification that is held from the beginning', () => {
  it('is counted once, also when what it was planned for comes again', async () => {
    const opened = await logInADirectory();
    const [clock, metrics] = [new WoundClock(minute(0)), new Metrics()];
    const notifications = new Notifications(new EmbeddedEventStore(opened.log), clock, metrics);
    const about = { notificationId: 93, alertId, userId: ana, preferenceId: 9 as PreferenceId, alertRevision: 1 } as const;
    const data = async () => ({ ...about, purpose: 'page', method: 'SMS', at: clock.now(), dueAt: clock.now() }) as const;
    for (let times = 0; times < 2; times++) {
      await notifications.plan(`notification-${alertId}-1-9`, data, { causationId: 'fact', correlationId: 'c' }, 'muted');
    }
    expect(await metrics.text()).toContain('tocsin_notifications_total{method="SMS",outcome="held",reason="muted"} 1\n');
    await opened.close();
  });
});
