import { pushDevicesOf } from '../configuration/push-devices';
import type { EscalationTarget, NotificationMethod, User } from '../configuration/resources';
import type { ContactId, PreferenceId, UserId } from '../ids';
import { peopleToCome } from '../oncall/people-to-come';
import type { OnCallConfiguration } from '../oncall/resolve-level';
import type { Instant } from '../time';
import { unreachableBecause, wayProblem, type UnusableReason } from './plan';
import { failsFor, type MethodFailing } from './tries';

/** How a person is reached: a method and, but for PUSH, one of their contacts. */
export interface Way {
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
}

export type ReadinessProblem =
  | { readonly type: 'muted'; readonly until: Instant }
  /** Nothing at all is sent for an alert of high priority. */
  | { readonly type: 'no-preference' }
  | { readonly type: 'no-verified-contact' }
  /** A rule that leads to nothing. */
  | ({ readonly type: Exclude<UnusableReason, 'muted'>; readonly preferenceId: PreferenceId } & Way)
  /** By which no provider takes anything any more, as far as was tried. */
  | ({ readonly type: 'provider-failing'; readonly failing: MethodFailing } & Way)
  /** An iPhone shows pushes of an app on its home screen only (B28). */
  | ({ readonly type: 'device-not-on-home-screen' } & Way)
  /** Nothing has arrived there yet: a test would tell. */
  | ({ readonly type: 'never-reached' } & Way)
  | ({ readonly type: 'last-success-too-old'; readonly lastSuccess: Instant } & Way);

export interface Readiness {
  /** An alert of high priority would reach the person now. */
  readonly isReady: boolean;
  readonly problems: readonly ReadinessProblem[];
}

export interface ReadinessQuestion {
  readonly user: User;
  readonly now: Instant;
  canSend(method: NotificationMethod): boolean;
  /** When something last arrived there; null: nothing ever did; undefined: that cannot be said now. */
  lastSuccess(way: Way): Instant | null | undefined;
  /** For whomever; undefined when it works, or when that cannot be said now. */
  failing(method: NotificationMethod): MethodFailing | undefined;
}

/** A quarter of a year: numbers are given up and mailboxes closed in less. */
export const SUCCESS_TOO_OLD_MS = 90 * 86_400_000;

/** What stands between a person and the next page, told before it is needed. */
export const readinessOf = (question: ReadinessQuestion): Readiness => {
  const { user, now, canSend } = question;
  const failingOf = (method: NotificationMethod): MethodFailing | undefined => {
    const failing = question.failing(method);
    return failing !== undefined && failsFor(failing, user.id) ? failing : undefined;
  };
  const isMuted = user.mutedUntil !== undefined && user.mutedUntil > now;
  const problems: ReadinessProblem[] = [
    ...(isMuted ? [{ type: 'muted' as const, until: user.mutedUntil }] : []),
    ...(user.alertPreferences.some(({ type }) => type === 'HIGH_PRIORITY') ? [] : [{ type: 'no-preference' as const }]),
    ...(user.contacts.some(({ verified, status }) => verified && status === 'OK') ? [] : [{ type: 'no-verified-contact' as const }]),
  ];
  const ways = new Map<string, Way>();
  for (const { id: preferenceId, method, contactId } of user.alertPreferences) {
    const way = { method, ...(contactId === undefined ? {} : { contactId }) };
    const type = wayProblem(way, question);
    if (type === undefined) ways.set(`${method} ${contactId ?? ''}`, way);
    else problems.push({ type, preferenceId, ...way });
  }
  if (ways.has('PUSH ') && pushDevicesOf(user).some(({ onHomeScreen }) => onHomeScreen === false))
    problems.push({ type: 'device-not-on-home-screen', method: 'PUSH' });
  for (const way of ways.values()) {
    const failing = failingOf(way.method);
    problems.push(...(failing === undefined ? unproven(way, question) : [{ type: 'provider-failing' as const, failing, ...way }]));
  }
  // A page is tried all the same, and so is a level: nobody knows that a provider is back before it was asked.
  const canReach = (method: NotificationMethod): boolean => canSend(method) && failingOf(method) === undefined;
  return { isReady: unreachableBecause({ user, priority: 'HIGH', activatedAt: now, canSend: canReach }) === undefined, problems };
};

const unproven = (way: Way, { now, lastSuccess }: ReadinessQuestion): readonly ReadinessProblem[] => {
  const last = lastSuccess(way);
  if (last === undefined) return [];
  if (last === null) return [{ type: 'never-reached', ...way }];
  return now - last > SUCCESS_TOO_OLD_MS ? [{ type: 'last-success-too-old', lastSuccess: last, ...way }] : [];
};

/** Everybody whom a level may lead to from now on: named, in a team that answers alerts, or with a turn to come. Ascending. */
export const peopleOf = (targets: readonly EscalationTarget[], configuration: OnCallConfiguration, now: Instant): readonly UserId[] => {
  const people = targets.flatMap((target): readonly UserId[] => {
    switch (target.type) {
      case 'user':
        return [target.userId];
      case 'team':
        return (configuration.getTeam(target.teamId)?.members ?? [])
          .filter(({ role }) => role !== 'STAKEHOLDER')
          .map(({ userId }) => userId);
      case 'schedule': {
        const schedule = configuration.getSchedule(target.scheduleId);
        return schedule === undefined ? [] : [...peopleToCome(schedule, now)];
      }
    }
  });
  return [...new Set(people)].sort((a, b) => a - b);
};
