import { accountMethods, isAccountMethod, linkedAccount, type HavingAccounts } from '../chat/chat-accounts';
import { pushDevicesOf } from '../configuration/push-devices';
import type { AlertPreference, AlertPriority, Contact, NotificationMethod, User } from '../configuration/resources';
import type { AlertId, ContactId, PreferenceId, ScheduleId, UserId } from '../ids';
import type { DutySubject } from '../oncall/duties';
import type { NotificationPurpose } from './notification-events';
import type { WhyUnreachable } from '../oncall/responder-reason';
import { plusMinutes, type Instant } from '../time';

export interface PlannedNotification {
  readonly preferenceId: PreferenceId;
  readonly method: NotificationMethod;
  /** Absent for PUSH. */
  readonly contactId?: ContactId;
  readonly dueAt: Instant;
}

/** Why a preference leads to nothing, for the timeline. */
export type UnusableReason =
  | 'muted'
  | 'no-provider'
  | 'no-device'
  | 'no-slack-account'
  | 'no-chat-account'
  | 'chat-account-closed'
  | 'contact-missing'
  | 'contact-of-other-kind'
  | 'contact-not-verified'
  | 'contact-locked'
  | 'contact-blacklisted';

export interface UnusablePreference {
  readonly preferenceId: PreferenceId;
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
  readonly reason: UnusableReason;
}

export interface NotificationPlan {
  /** Soonest first. */
  readonly planned: readonly PlannedNotification[];
  readonly unusable: readonly UnusablePreference[];
}

export interface PlanQuestion {
  readonly user: User;
  readonly priority: AlertPriority;
  /** When the person became responder; delays count from here. */
  readonly activatedAt: Instant;
  /** Whether something is configured that sends this method. */
  canSend(method: NotificationMethod): boolean;
}

/** Why nothing can be sent this way; undefined when it can. */
const contactProblem = (
  preference: Pick<AlertPreference, 'method' | 'contactId'>,
  user: Pick<User, 'contacts' | 'pushDevices'> & HavingAccounts,
): Exclude<UnusableReason, 'muted'> | undefined => {
  if (preference.method === 'PUSH') return pushDevicesOf(user).length === 0 ? 'no-device' : undefined;
  if (isAccountMethod(preference.method)) {
    const account = linkedAccount(user, preference.method);
    if (account === undefined) return preference.method === 'SLACK' ? 'no-slack-account' : 'no-chat-account';
    return account.isClosed ? 'chat-account-closed' : undefined;
  }
  const contact = user.contacts.find(({ id }) => id === preference.contactId);
  if (contact === undefined) return 'contact-missing';
  if (contact.type !== (preference.method === 'EMAIL' ? 'email' : 'phone')) return 'contact-of-other-kind';
  if (contact.status === 'BLACKLISTED') return 'contact-blacklisted';
  if (contact.status === 'LOCKED') return 'contact-locked';
  return contact.verified ? undefined : 'contact-not-verified';
};

/** Why nothing would reach the person this way, whether or not they are muted; undefined when something would. */
export const wayProblem = (
  way: Pick<AlertPreference, 'method' | 'contactId'>,
  { user, canSend }: Pick<PlanQuestion, 'user' | 'canSend'>,
): Exclude<UnusableReason, 'muted'> | undefined => contactProblem(way, user) ?? (canSend(way.method) ? undefined : 'no-provider');

/**
 * What one activation sends to one person: one item per preference of the alert's priority (B8). A mute that is over when
 * an item is due does not hold it.
 */
export const planNotifications = ({ user, priority, activatedAt, canSend }: PlanQuestion): NotificationPlan => {
  const planned: PlannedNotification[] = [];
  const unusable: UnusablePreference[] = [];
  for (const preference of user.alertPreferences) {
    if (preference.type !== `${priority}_PRIORITY`) continue;
    const { id: preferenceId, method, contactId } = preference;
    const item = { preferenceId, method, ...(method === 'PUSH' || contactId === undefined ? {} : { contactId }) };
    const dueAt = plusMinutes(activatedAt, preference.delayMin);
    const isMuted = user.mutedUntil !== undefined && user.mutedUntil > dueAt;
    const reason = isMuted ? 'muted' : wayProblem(preference, { user, canSend });
    if (reason === undefined) planned.push({ ...item, dueAt });
    else unusable.push({ ...item, reason });
  }
  return { planned: planned.sort((a, b) => a.dueAt - b.dueAt || a.preferenceId - b.preferenceId), unusable };
};

/** Why nothing would reach the person, as a level that is due has to know it (B11); undefined when something does. */
export const unreachableBecause = (question: PlanQuestion): WhyUnreachable | undefined => {
  const { planned, unusable } = planNotifications(question);
  if (planned.length > 0) return undefined;
  if (unusable.length === 0) return 'no-preference';
  if (unusable.some(({ reason }) => reason === 'muted')) return 'muted';
  if (unusable.some(({ reason }) => reason === 'no-provider')) return 'no-provider';
  const [first] = unusable;
  const isAlike = unusable.every(({ reason }) => reason === first?.reason);
  return isAlike && first !== undefined && isTold(first.reason) ? first.reason : 'no-verified-contact';
};

type Told = Extract<WhyUnreachable, UnusableReason>;

const isTold = (reason: UnusableReason): reason is Told =>
  reason === 'no-device' || reason === 'no-slack-account' || reason === 'no-chat-account' || reason === 'chat-account-closed';

/** Which numbers take no texts, or where nobody looks at one now, is known to nobody here. */
const lastResortOf = { email: ['EMAIL'], phone: ['SMS', 'VOICE'] } as const satisfies Record<
  Contact['type'],
  readonly NotificationMethod[]
>;

/**
 * The last resort (B11, B12): everywhere this person can be reached, chosen or not, muted or not, because nobody else is left
 * to be told.
 */
export const planLastResort = ({ user, activatedAt, canSend }: PlanQuestion): readonly Omit<PlannedNotification, 'preferenceId'>[] => {
  const contacts = user.contacts
    .filter(({ verified, status }) => verified && status === 'OK')
    .flatMap(({ id, type }) => lastResortOf[type].map((method) => ({ method, contactId: id, dueAt: activatedAt })));
  const devices = pushDevicesOf(user).length === 0 ? [] : [{ method: 'PUSH' as const, dueAt: activatedAt }];
  const accounts = accountMethods
    .filter((method) => linkedAccount(user, method)?.isClosed === false)
    .map((method) => ({ method, dueAt: activatedAt }));
  return [...contacts, ...devices, ...accounts].filter(({ method }) => canSend(method));
};

/** One message that an activation leads to, or would have led to: `held` says why nothing is sent by it. */
export interface PlanItem {
  readonly preferenceId?: PreferenceId;
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
  readonly dueAt: Instant;
  readonly held?: UnusableReason | 'no-preference';
}

/** Everything that one activation means for one person. What leads to nothing is told, too: the timeline says why nobody was paged. */
export const planItems = (question: PlanQuestion, purpose: 'page' | 'fallback'): readonly PlanItem[] => {
  const { planned, unusable } = planNotifications(question);
  const lastResort = purpose === 'fallback' && planned.length === 0 ? planLastResort(question) : [];
  const dueAt = question.activatedAt;
  const held = unusable.map(({ reason, ...item }): PlanItem => ({ ...item, dueAt, held: reason }));
  const items: readonly PlanItem[] = [...planned, ...lastResort, ...held];
  return items.length > 0 ? items : [{ method: 'EMAIL', dueAt, held: 'no-preference' }];
};

/** What a message that is no page leads to, by the preferences that ask for it; what leads to nothing is told, too. */
export const planMessage = (
  preferences: readonly { readonly id: PreferenceId; readonly method: NotificationMethod; readonly contactId?: ContactId }[],
  { user, activatedAt: dueAt, canSend }: Omit<PlanQuestion, 'priority'>,
): readonly PlanItem[] =>
  preferences.map(({ id: preferenceId, method, contactId }) => {
    const isMuted = user.mutedUntil !== undefined && user.mutedUntil > dueAt;
    const held = isMuted ? 'muted' : wayProblem({ method, contactId }, { user, canSend });
    return {
      preferenceId,
      method,
      ...(contactId === undefined ? {} : { contactId }),
      dueAt,
      ...(held === undefined ? {} : { held }),
    };
  });

/** What is told of an alert besides pages: to those who are on it, and to those who follow it. */
export type News = Extract<NotificationPurpose, 'update' | 'subscription'>;

/** Of what is told about one fact of an alert: once for each preference. */
export const newsStream = (alertId: AlertId, purpose: News, revision: number, preferenceId: PreferenceId): string =>
  `notification-${alertId}-${purpose}${revision}-${preferenceId}`;

/** Of what is told of a shift that begins, or of an edit of a schedule: once for each preference. */
export const dutyNoticeStream = (scheduleId: ScheduleId, about: DutySubject, preferenceId: PreferenceId): string =>
  `notification-duty-${scheduleId}-${about.type === 'begins' ? about.shiftStart : `edit${about.revision}`}-${preferenceId}`;

/** What a person asked for themselves, to try something out or to show that an address is theirs. */
export const sentKinds = ['test', 'verification'] as const;
export type SentKind = (typeof sentKinds)[number];
export const sentStream = (kind: SentKind, notificationId: number): string => `notification-${kind}-${notificationId}`;

/** Created with no_stream: planning the same preference twice for one activation is impossible. */
export const notificationStream = (alertId: AlertId, activation: number, preferenceId: PreferenceId): string =>
  `notification-${alertId}-${activation}-${preferenceId}`;

/** What goes out beside all preferences, or is on record because there are none. */
export const unchosenNotificationStream = (
  alertId: AlertId,
  activation: number,
  { userId, contactId, method }: { readonly userId: UserId; readonly contactId?: ContactId; readonly method: NotificationMethod },
): string => {
  const where = isAccountMethod(method) ? method.toLowerCase() : contactId === undefined ? '' : `contact${contactId}`;
  return `notification-${alertId}-${activation}-user${userId}${where}`;
};

/** A page of the same alert that no attempt was made for yet. */
export interface UnsentPage {
  readonly stream: string;
  readonly userId: UserId;
  readonly round: number;
  readonly activation: number;
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
  readonly dueAt: Instant;
}

const MERGE_WINDOW_MS = 60_000;

/**
 * The same person would get the same page twice within a minute: the newer one goes out in place of the older ones, at the
 * earliest of their times (B8). Record the newer one first and cancel the others after: a crash between costs a second
 * page, never the only one. Pages of another round stay apart: a reassignment cancels theirs, and must not cancel these.
 */
export const mergePages = (
  page: UnsentPage,
  unsent: readonly UnsentPage[],
): { readonly dueAt: Instant; readonly replaced: readonly UnsentPage[] } => {
  const replaced = unsent.filter(
    (older) =>
      older.activation < page.activation &&
      older.round === page.round &&
      older.userId === page.userId &&
      older.method === page.method &&
      older.contactId === page.contactId &&
      Math.abs(older.dueAt - page.dueAt) <= MERGE_WINDOW_MS,
  );
  return { dueAt: replaced.reduce((soonest, { dueAt }) => (dueAt < soonest ? dueAt : soonest), page.dueAt), replaced };
};
