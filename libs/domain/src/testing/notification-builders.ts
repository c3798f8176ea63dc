import type { AlertPreference, Contact, PushDevice, User } from '../configuration/resources';
import { fold } from '../decider';
import type { AlertId, ContactId, PreferenceId, PushDeviceId, UserId } from '../ids';
import { notificationDecider, type NotificationCommand } from '../notification/notification';
import type { CancelReason, NotificationEvent } from '../notification/notification-events';
import { LINE_BUSY, type Notification, type PlannedData } from '../notification/notification-state';
import { instant, parseInstant, plusMs, type Instant } from '../time';

const begin = parseInstant('2026-03-02T03:00:00Z');

/** So many seconds into the story. */
export const second = (seconds: number): Instant => plusMs(begin, Math.round(seconds * 1000));

export const emailContact = (id: number, changes: Partial<Omit<Contact, 'type'>> = {}): Contact => ({
  id: id as ContactId,
  type: 'email',
  target: 'ana@example.org',
  status: 'OK',
  verified: true,
  ...changes,
});
export const phoneContact = (id: number, changes: Partial<Omit<Contact, 'type'>> = {}): Contact => ({
  id: id as ContactId,
  type: 'phone',
  regionCode: 'DE',
  target: '+4915100000000',
  primary: true,
  status: 'OK',
  verified: true,
  ...changes,
});

export const pushDevice = (id: number, changes: Partial<PushDevice> = {}): PushDevice => ({
  id: id as PushDeviceId,
  type: 'WEB_PUSH',
  name: `Phone ${id}`,
  address: { hash: `hash-${id}`, cipher: `cipher-${id}` },
  addedAt: instant(0),
  ...changes,
});

export const preference = (
  id: number,
  method: AlertPreference['method'],
  contactId?: number,
  changes: Partial<AlertPreference> = {},
): AlertPreference => ({
  id: id as PreferenceId,
  type: 'HIGH_PRIORITY',
  method,
  delayMin: 0,
  ...(contactId === undefined ? {} : { contactId: contactId as ContactId }),
  ...changes,
});

export const person = (changes: Partial<User> = {}): User => ({
  id: 1 as UserId,
  createdAt: instant(0),
  updatedAt: instant(0),
  username: 'ana',
  firstName: 'Ana',
  lastName: 'Lima',
  email: 'ana@example.org',
  timezone: 'Europe/Berlin',
  language: 'en',
  role: 'USER',
  contacts: [],
  alertPreferences: [],
  ...changes,
});

export const page = (changes: Partial<PlannedData> = {}): NotificationCommand => ({
  type: 'plan',
  data: {
    notificationId: 31,
    alertId: 4711 as AlertId,
    activation: 1,
    step: { round: 1, pass: 1, level: 0 },
    purpose: 'page',
    userId: 1 as UserId,
    preferenceId: 8 as PreferenceId,
    method: 'SMS',
    contactId: 3 as ContactId,
    at: second(0),
    dueAt: second(0),
    alertRevision: 2,
    ...changes,
  },
});

export const starts = (at: Instant, stopped?: CancelReason): NotificationCommand => ({
  type: 'startAttempt',
  at,
  provider: 'twilio',
  alert: stopped === undefined ? 'wanted' : { stopped },
});
/** In one message with so many, itself among them. */
export const goesOutWith = (at: Instant, size: number, id = 40): NotificationCommand => ({
  ...(starts(at) as Extract<NotificationCommand, { type: 'startAttempt' }>),
  bundle: { id, size },
});
export const waitsForOthers = (at: Instant, until: Instant): NotificationCommand => ({
  type: 'hold',
  at,
  reason: 'bundled',
  until,
  bundle: 40,
});
export const abandons = (at: Instant, attempt: number): NotificationCommand => ({
  type: 'abandonAttempt',
  at,
  attempt,
  reason: 'accepted',
});
export const takes = (at: Instant, attempt: number, receiptExpected = true): NotificationCommand => ({
  type: 'recordHandedOver',
  at,
  attempt,
  provider: 'twilio',
  reference: 'SM1',
  receiptExpected,
});
export const delivers = (at: Instant): NotificationCommand => ({ type: 'recordDelivered', at, provider: 'twilio' });
export const fails = (
  at: Instant,
  attempt: number,
  changes: Partial<Extract<NotificationCommand, { type: 'recordFailed' }>> = {},
): NotificationCommand => ({
  type: 'recordFailed',
  at,
  attempt,
  provider: 'twilio',
  reason: 'unavailable',
  retriable: true,
  uncertain: false,
  jitter: 0,
  otherProviderLeft: false,
  ...changes,
});
export const cancels = (at: Instant, reason: CancelReason = 'accepted'): NotificationCommand => ({ type: 'cancel', at, reason });
/** On record with the reason why nothing is sent. */
export const unsendable = (held: string): NotificationCommand => ({ ...(page() as Extract<NotificationCommand, { type: 'plan' }>), held });
export const holds = (at: Instant, until?: Instant): NotificationCommand => ({
  type: 'hold',
  at,
  reason: 'quiet',
  ...(until === undefined ? {} : { until }),
});
export const bringsForward = (at: Instant): NotificationCommand => ({ type: 'bringForward', at, because: 'no-receipt' });
/** Another call to the same number is under way until then. */
export const waitsForLine = (at: Instant, until: Instant): NotificationCommand => ({ type: 'hold', at, reason: LINE_BUSY, until });
export const lineIsFree = (at: Instant): NotificationCommand => ({ type: 'bringForward', at, because: 'line-free' });
export const expires = (at: Instant): NotificationCommand => ({ type: 'expireReceipt', at });

/** What a notification recorded, command after command, and where it stands then. */
export const notified = (
  ...commands: readonly NotificationCommand[]
): { readonly events: readonly NotificationEvent[]; readonly state: Notification } => {
  const events: NotificationEvent[] = [];
  let state = notificationDecider.initial;
  for (const command of commands) {
    const decided = notificationDecider.decide(command, state);
    events.push(...decided);
    state = fold(notificationDecider, decided, state);
  }
  return { events, state };
};

/** Given what was commanded before, what the next command makes it record. */
export const notifying = (...before: readonly NotificationCommand[]) => ({
  when: (command: NotificationCommand) => notificationDecider.decide(command, notified(...before).state),
});
