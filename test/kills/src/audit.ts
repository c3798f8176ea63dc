import type { ReceivedMail } from '@tocsin/testing';
import type { Ledger } from './ledger';

export interface SeenNotification {
  readonly target?: string;
  readonly status: 'SCHEDULED' | 'SUCCESS' | 'ERROR';
}

export interface SeenAlert {
  readonly id: number;
  readonly alertKey: string;
  readonly status: 'PENDING' | 'ACCEPTED' | 'RESOLVED';
  readonly notifications: readonly SeenNotification[];
}

/** What the world outside sees after the kills. */
export interface Evidence {
  readonly ledger: Ledger;
  readonly alerts: readonly SeenAlert[];
  readonly mails: readonly ReceivedMail[];
  /** Everybody who is to have been paged for an alert of this key that nobody answers. */
  readonly pagedFor: (alertKey: string) => readonly string[];
}

export const DUPLICATE_NOTE = 'You may have received this page before.';

/** Every promise that was broken, one sentence each; empty when all were kept. */
export const audit = (evidence: Evidence): readonly string[] => [
  ...evidence.ledger.keys().flatMap((key) => alertsOfKey(key, evidence)),
  ...evidence.alerts.flatMap((alert) => pagesOfAlert(alert, evidence)),
  ...repetitions(evidence.mails),
];

/** P1: what was answered 2xx is there. P2: a key has one open alert at most. */
const alertsOfKey = (key: string, { ledger, alerts }: Evidence): readonly string[] => {
  const posted = ledger.of(key);
  const ofKey = alerts.filter(({ alertKey }) => alertKey === key);
  const open = ofKey.filter(({ status }) => status !== 'RESOLVED');
  const isByHand = ledger.resolvedByHand.has(key);
  const isResolved = isByHand || posted.some(({ type }) => type === 'RESOLVE');
  const last = posted.at(-1);
  return [
    ...(posted.some(({ type, answered }) => type === 'ALERT' && answered) && ofKey.length === 0
      ? [`${key} was answered 2xx and has no alert`]
      : []),
    ...(open.length > 1 ? [`${key} has ${open.length} open alerts`] : []),
    ...(!isResolved && ofKey.length > 1 ? [`${key} was never resolved and has ${ofKey.length} alerts`] : []),
    ...(!isResolved && ofKey.length > open.length ? [`${key} was resolved by nobody and is`] : []),
    // Only what was answered before it, and nothing in doubt, says how it must have ended.
    ...(last?.type === 'RESOLVE' && posted.every(({ answered }) => answered) && open.length > 0
      ? [`${key} was resolved with a 2xx and is open`]
      : []),
    ...(!isByHand && last?.type === 'ALERT' && last.answered && open.length === 0
      ? [`${key} was raised last, with a 2xx, and is not open`]
      : []),
  ];
};

/** P6, P7: nothing waits for ever, and whoever is to be paged was. */
const pagesOfAlert = ({ id, alertKey, status, notifications }: SeenAlert, { mails, pagedFor }: Evidence): readonly string[] => {
  const addresses = pagedFor(alertKey);
  const name = `#${id} (${alertKey})`;
  const waiting = notifications.filter((notification) => notification.status === 'SCHEDULED').length;
  const failed = notifications.filter((notification) => notification.status === 'ERROR').length;
  const missing =
    status === 'PENDING' ? addresses.filter((address) => !mails.some(({ to, subject }) => to === address && isOf(subject, id))) : [];
  return [
    ...(waiting > 0 ? [`${name} has ${waiting} pages that still wait`] : []),
    ...(failed > 0 ? [`${name} has ${failed} pages that failed`] : []),
    ...missing.map((address) => `${name} was not paged to ${address}`),
    ...addresses.flatMap((address) => {
      const planned = notifications.filter(({ target }) => target === address).length;
      return planned > 1 ? [`${name} was planned ${planned} times for ${address}`] : [];
    }),
  ];
};

/**
 * A page that comes twice is the same message, and says that it may have come before. Of two copies either may be the later
 * one: a process that was paused in the middle of sending goes on after another has sent the copy.
 */
const repetitions = (mails: readonly ReceivedMail[]): readonly string[] => {
  const seen = new Map<string, { readonly messageId: string; isAnnounced: boolean }>();
  return mails.flatMap(({ to, subject, messageId, text }) => {
    const place = `${to} ${subject}`;
    const isAnnounced = text.includes(DUPLICATE_NOTE);
    const before = seen.get(place);
    if (before === undefined) {
      seen.set(place, { messageId, isAnnounced });
      return [];
    }
    if (before.messageId !== messageId) return [`"${subject}" came to ${to} as two different messages`];
    const isSilent = !isAnnounced && !before.isAnnounced;
    before.isAnnounced = isAnnounced;
    return isSilent ? [`"${subject}" came to ${to} again without saying so`] : [];
  });
};

const isOf = (subject: string, id: number): boolean => subject.startsWith(`[#${id}] `);
