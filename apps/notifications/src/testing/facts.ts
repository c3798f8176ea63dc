import type { AlertEvent, UserId } from '@tocsin/domain';
import { accepted, activated, alertId, minute, raised, resolvedBy, step, user } from '@tocsin/domain/testing';

export { accepted, activated, raised, step };

export const resolved = (userId: UserId): AlertEvent => resolvedBy(user(userId), minute(5));
export const escalationRequested = (round: number, to: { readonly pass: number; readonly level: number }): AlertEvent => ({
  type: 'EscalationRequested',
  data: { alertId, at: minute(4), by: { type: 'system', part: 'spec' }, round, to },
});
