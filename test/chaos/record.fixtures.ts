import type { StoredEvent } from '@tocsin/event-store';
import type { ReceivedMail } from '@tocsin/testing';

export type Written = readonly [stream: string, type: string, data: object, metadata?: object];

/** A log with these events, in this order. */
export const logOf = (...written: readonly Written[]): readonly StoredEvent[] => {
  const lengths = new Map<string, number>();
  return written.map(([stream, type, data, metadata], index) => {
    const revision = lengths.get(stream) ?? 0;
    lengths.set(stream, revision + 1);
    const position = String(index + 1).padStart(20, '0');
    return { stream, type, data, revision, position, metadata: { causationId: `cause-${index}`, ...metadata } } as unknown as StoredEvent;
  });
};

const ANA = { type: 'user', userId: 1 };

export const raised = (): Written => ['alert-7', 'AlertRaised', { at: 0, tool: { eventId: 'e1' } }];
export const repeated = (eventId: string): Written => ['alert-7', 'AlertRepeated', { at: 1, tool: { eventId } }];
export const accepted = (causationId = 'answer-1'): Written => ['alert-7', 'AlertAccepted', { at: 5, by: ANA, round: 1 }, { causationId }];
export const resolved = (): Written => ['alert-7', 'AlertResolved', { at: 6, by: ANA }];
export const requested = (): Written => ['alert-7', 'EscalationRequested', { at: 6, by: ANA, round: 2 }];
export const activated = (level: number, { userId = 1, lateMs = 0, at = 10 } = {}): Written => [
  'alert-7',
  'RespondersActivated',
  { at, step: stepOf(level), activation: level + 1, responders: [{ userId }], lateMs },
];

const stepOf = (level: number) => ({ round: 1, pass: 1, level });

export const started = (fact = 0): Written => ['escalation-7', 'EscalationStarted', { fact }];
export const plannedLevel = (level: number, dueAt: number, fact?: number): Written => [
  'escalation-7',
  'LevelPlanned',
  { step: stepOf(level), dueAt, cause: level === 0 ? 'start' : 'no-answer', ...(fact === undefined ? {} : { fact }) },
];
export const due = (level: number, dueAt: number, at = dueAt, fact?: number): Written => [
  'escalation-7',
  'LevelDue',
  { step: stepOf(level), dueAt, at, ...(fact === undefined ? {} : { fact }) },
];
export const halted = (fact: number): Written => ['escalation-7', 'EscalationHalted', { fact }];

const stream = (notificationId: number): string => `notification-7-${notificationId}-1`;
export const plannedPage = (notificationId: number, alertRevision: number, userId = 1): Written => [
  stream(notificationId),
  'NotificationPlanned',
  { alertId: 7, notificationId, alertRevision, userId },
];
export const attempt = (notificationId: number, number: number, { possiblyDuplicate = false, lateMs = 0 } = {}): Written => [
  stream(notificationId),
  'AttemptStarted',
  { attempt: number, possiblyDuplicate, lateMs },
];
export const held = (notificationId: number, at: number, until?: number): Written => [
  stream(notificationId),
  'NotificationHeld',
  { at, ...(until === undefined ? {} : { until }) },
];
export const failed = (notificationId: number, number: number, uncertain: boolean): Written => [
  stream(notificationId),
  'AttemptFailed',
  { attempt: number, uncertain },
];
export const handedOver = (notificationId: number, number: number): Written => [stream(notificationId), 'HandedOver', { attempt: number }];
export const cancelled = (notificationId: number, possiblyHandedOver: boolean): Written => [
  stream(notificationId),
  'NotificationCancelled',
  { possiblyHandedOver },
];

export const mail = (notificationId: number, text = '') =>
  ({
    to: 'ana@example.test',
    subject: '[#7] waiting-1 is down',
    messageId: `<notification-${notificationId}@example.test>`,
    text,
  }) as ReceivedMail;
