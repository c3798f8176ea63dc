import type { PublicSuggestedResponder, TextLanguage } from '@tocsin/contracts';
import { isAtLeast, whoIsOnCall } from '@tocsin/domain';
import type { EscalationPolicy, Instant, Schedule, User, UserId } from '@tocsin/domain';
import type { AlertDocument } from '@tocsin/read-models';

export interface Suggestable {
  readonly users: readonly User[];
  readonly policies: readonly EscalationPolicy[];
  readonly schedules: readonly Schedule[];
  /** Undefined: there is nobody any more. */
  nameOf(userId: UserId): string | undefined;
}

const nobody: Readonly<Record<TextLanguage, string>> = { en: 'nobody on call', de: 'niemand in Bereitschaft' };

/** Everybody and everything an alert can be given to, by name within each group. A resolved one can be given to nobody. */
export const suggestedResponders = (
  alert: Pick<AlertDocument, 'status' | 'responders'>,
  { users, policies, schedules, nameOf }: Suggestable,
  now: Instant,
  language: TextLanguage,
): readonly PublicSuggestedResponder[] => {
  const isOver = alert.status === 'RESOLVED';
  const present = new Set(alert.responders.map(({ userId }) => userId));
  const byName = new Intl.Collator(language, { numeric: true });
  const inOrder = (list: readonly PublicSuggestedResponder[]) => list.toSorted((a, b) => byName.compare(a.name, b.name) || a.id - b.id);
  return [
    ...inOrder(
      users.map(({ id, role }) => ({
        group: 'USER',
        id,
        name: nameOf(id) ?? '',
        disabled: isOver || present.has(id) || !isAtLeast(role, 'RESPONDER'),
      })),
    ),
    ...inOrder(policies.map(({ id, name }) => ({ group: 'ESCALATION_POLICY', id, name, disabled: isOver }))),
    ...inOrder(
      schedules.map((schedule) => {
        const { userId } = whoIsOnCall(schedule, now);
        // A deleted person's shift is a gap (B33).
        const onCall = userId === null ? undefined : nameOf(userId);
        const name = `${schedule.name} (${onCall ?? nobody[language]})`;
        return { group: 'ON_CALL_SCHEDULE', id: schedule.id, name, disabled: isOver || onCall === undefined };
      }),
    ),
  ];
};
