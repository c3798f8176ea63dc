import { timeText } from '@tocsin/channels';
import { peopleIn } from '@tocsin/contracts';
import { onCallsBetween } from '@tocsin/domain';
import type { Instant, OnCallDuty, User } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { actorName } from '../actor-name';
import { slackTexts } from './slack-texts';

const MOST_LINES = 40;

/** Who is on call now, by policy and level, as one person reads it: in their language and by their clocks. */
export const dutiesText = (asking: User, configuration: ConfigurationReader, now: Instant): string => {
  const t = slackTexts[asking.language];
  const seen = configuration.seenBy({ userId: asking.id, role: asking.role });
  const duties = onCallsBetween({
    from: now,
    until: now,
    filter: { policies: [], levels: new Map(), schedules: [], users: [] },
    people: peopleIn(seen, now),
    policies: seen.list('policy'),
    sources: configuration.list('source'),
    getSchedule: (id) => configuration.get('schedule', id),
    getTeam: (id) => seen.get('team', id),
  });
  const line = ({ userId, policyId, level, end }: OnCallDuty): string =>
    t.onDuty(
      actorName({ type: 'user', userId }, asking.language, seen),
      (policyId === undefined ? undefined : seen.get('policy', policyId)?.name) ?? '–',
      level ?? 1,
      end === undefined ? undefined : timeText(end, asking),
    );
  const lines = duties.slice(0, MOST_LINES).map(line);
  if (duties.length > MOST_LINES) lines.push(`+${duties.length - MOST_LINES}`);
  return lines.length === 0 ? t.nobodyOnDuty : [t.onDutyNow, ...lines].join('\n');
};
