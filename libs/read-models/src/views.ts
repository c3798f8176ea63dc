import { alertActionsView } from './alert-actions-view';
import { alertsView } from './alerts-view';
import { auditLogView } from './audit-log-view';
import { notificationsView } from './notifications-view';
import type { Projection } from './projection';

/** All there are: each is written by one service, and read by any. */
export const views: readonly Projection[] = [alertsView, notificationsView, alertActionsView, auditLogView];
