import { problemText, reasonText } from '@tocsin/contracts';
import type { LogFilterType } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { AlertEvent, AlertEventOf, EscalationStep, Instant, ReachabilityProblem, SupportEdge } from '@tocsin/domain';
import { actorVars, iso, untold, vars } from './log-entry';
import type { Names, TimelineLine } from './log-entry';

type Line = Omit<TimelineLine, 'at'>;

const UPDATE: readonly LogFilterType[] = ['ALERT_UPDATES'];
const SOURCE: readonly LogFilterType[] = ['ALERT_SOURCE_EVENTS'];

/** What one event of the alert's own stream says on the timeline. */
export const alertLines = (event: AlertEvent, names: Names): readonly TimelineLine[] =>
  linesOf(event, names).map((line) => ({ at: event.data.at, ...line }));

/** A moment is nothing to speak of. */
const latenessOf = (lateMs: number): { readonly en: string; readonly de: string; readonly vars: Readonly<Record<string, string>> } => {
  const late = Math.round(lateMs / 1_000);
  return late >= 2 ? { en: `, ${late} s late`, de: `, ${late} s zu spät`, vars: { lateSec: String(late) } } : { en: '', de: '', vars: {} };
};

const raisedBySupportHours = (edge: SupportEdge, at: Instant): Line => {
  const late = latenessOf(at - edge.at);
  const why =
    edge.type === 'begin'
      ? { en: 'since support hours began', de: 'da die Servicezeit begonnen hat' }
      : { en: 'since support hours ended', de: 'da die Servicezeit zu Ende ist' };
  return line(
    'AlertRaisedBySystemLogEntry',
    UPDATE,
    { supportHours: edge.type, since: toIso(edge.at), ...late.vars },
    `Raised to high priority${late.en}, ${why.en}`,
    `Auf hohe Priorität angehoben${late.de}, ${why.de}`,
  );
};

const linesOf = (event: AlertEvent, names: Names): readonly Line[] => {
  switch (event.type) {
    case 'AlertRaised':
      return [raised(event.data, names)];
    case 'AlertRepeated': {
      const { summary, count, alertKey } = event.data;
      const times = count > 1 ? { en: `${count} further times`, de: `${count} weitere Male` } : { en: 'again', de: 'erneut' };
      return [
        line(
          'AlertReceivedLogEntry',
          SOURCE,
          vars({ summary, count, alertKey }),
          `Reported ${times.en}: ${summary}`,
          `${times.de} gemeldet: ${summary}`,
        ),
      ];
    }
    case 'ToolEventIgnored': {
      const { eventType, alertKey, reason } = event.data;
      return [
        line(
          'AlertSourceResponseLogEntry',
          SOURCE,
          vars({ eventType, alertKey, reason }),
          `${eventType} of the tool changed nothing: ${reason}`,
          `${eventType} des Werkzeugs änderte nichts: ${reason}`,
        ),
      ];
    }
    case 'AlertSummaryChanged': {
      const { before, summary } = event.data;
      return [
        line(
          'AlertSummaryChangedLogEntry',
          UPDATE,
          vars({ before, summary }),
          `Summary changed to: ${summary}`,
          `Zusammenfassung geändert in: ${summary}`,
        ),
      ];
    }
    case 'AlertPriorityRaised': {
      const { by, supportHours } = event.data;
      if (supportHours !== undefined) return [raisedBySupportHours(supportHours, event.data.at)];
      const who = names.actor(by);
      return [
        line(
          by.type === 'user' ? 'AlertRaisedByUserLogEntry' : 'AlertRaisedBySystemLogEntry',
          UPDATE,
          actorVars(by),
          `Raised to high priority by ${who}`,
          `Von ${who} auf hohe Priorität angehoben`,
        ),
      ];
    }
    case 'KeyJoined': {
      const { alertKey, summary } = event.data;
      return [
        line(
          'AlertReceivedLogEntry',
          SOURCE,
          vars({ alertKey, summary }),
          `Joined by ${alertKey}: ${summary}`,
          `Hinzugekommen ist ${alertKey}: ${summary}`,
        ),
      ];
    }
    case 'KeyResolved': {
      const { alertKey } = event.data;
      return [
        line(
          'AlertSourceResponseLogEntry',
          SOURCE,
          vars({ alertKey }),
          `The tool resolved ${alertKey}`,
          `Das Werkzeug hat ${alertKey} gelöst`,
        ),
      ];
    }
    case 'CommentAdded': {
      const { by, comment } = event.data;
      const who = comment.creator ?? names.actor(by);
      return [
        line(
          by.type === 'user' ? 'AlertCommentAddedLogEntry' : 'AlertCommentAddedBySystemLogEntry',
          UPDATE,
          { ...actorVars(by), content: comment.content },
          `${who}: ${comment.content}`,
          `${who}: ${comment.content}`,
        ),
      ];
    }
    case 'RespondersActivated':
      return activated(event.data, names);
    case 'LevelSkipped': {
      const why = problems(event.data.problems, names);
      const { step } = event.data;
      return [
        line(
          'NobodyOnCallLogEntry',
          UPDATE,
          stepVars(step),
          `Level ${step.level + 1} skipped: ${why.en}`,
          `Stufe ${step.level + 1} übersprungen: ${why.de}`,
        ),
      ];
    }
    case 'NobodyOnCall':
      return nobodyOnCall(event.data, names);
    case 'EscalationEnded': {
      const people = event.data.fallback.map((userId) => names.user(userId)).join(', ');
      return [
        line(
          'AlertEscalationEndedLogEntry',
          UPDATE,
          stepVars(event.data.step),
          `The escalation ended without an answer; fallback contacts: ${people}`,
          `Die Eskalation endete ohne Antwort; Ersatzkontakte: ${people}`,
        ),
      ];
    }
    case 'AlertAccepted':
    case 'ResponderAccepted': {
      const { by } = event.data;
      const who = names.actor(by);
      return [
        line(
          by.type === 'user' ? 'UserResponseLogEntry' : 'AlertSourceResponseLogEntry',
          UPDATE,
          { ...actorVars(by), response: 'ACCEPT' },
          `Accepted by ${who}`,
          `Angenommen von ${who}`,
        ),
      ];
    }
    case 'ResponderAdded': {
      const { by, userId } = event.data;
      return [
        line(
          'AlertAssignedByUserLogEntry',
          UPDATE,
          { ...actorVars(by), responderId: String(userId) },
          `${names.actor(by)} added ${names.user(userId)} as a responder`,
          `${names.actor(by)} hat ${names.user(userId)} hinzugefügt`,
        ),
      ];
    }
    case 'ResponderRemoved': {
      const { by, userId } = event.data;
      return [
        line(
          'AlertResponderRemovedLogEntry',
          UPDATE,
          { ...actorVars(by), responderId: String(userId) },
          `${names.actor(by)} removed ${names.user(userId)} from the responders`,
          `${names.actor(by)} hat ${names.user(userId)} entfernt`,
        ),
      ];
    }
    case 'AlertFollowed':
    case 'AlertUnfollowed': {
      const { by, subscriber } = event.data;
      const who = subscriber.type === 'user' ? names.user(subscriber.userId) : names.team(subscriber.teamId);
      const begins = event.type === 'AlertFollowed';
      return [
        line(
          begins ? 'AlertSubscribedLogEntry' : 'AlertUnsubscribedLogEntry',
          UPDATE,
          { ...actorVars(by), subscriberType: subscriber.type },
          begins ? `${who} follows the alert` : `${who} does not follow the alert any more`,
          begins ? `${who} verfolgt den Alarm` : `${who} verfolgt den Alarm nicht mehr`,
        ),
      ];
    }
    case 'AlertAssigned':
      return [assigned(event.data, names)];
    case 'EscalationRequested': {
      const { by, to, round } = event.data;
      const level = to.level + 1;
      return [
        line(
          'AlertEscalatedToLevelLogEntry',
          UPDATE,
          { ...actorVars(by), ...stepVars({ round, ...to }) },
          `${names.actor(by)} escalated to level ${level}`,
          `${names.actor(by)} hat auf Stufe ${level} eskaliert`,
        ),
      ];
    }
    case 'AlertResolved': {
      const { by, cause } = event.data;
      if (cause === 'auto-resolution')
        return [
          line(
            'AlertAutoResolvedLogEntry',
            UPDATE,
            {},
            'Resolved by the auto-resolution of its source',
            'Durch die automatische Lösung der Alarmquelle gelöst',
          ),
        ];
      const who = names.actor(by);
      return [
        line(
          by.type === 'user' ? 'UserResponseLogEntry' : 'AlertSourceResponseLogEntry',
          UPDATE,
          { ...actorVars(by), response: 'RESOLVE' },
          `Resolved by ${who}`,
          `Gelöst von ${who}`,
        ),
      ];
    }
    default:
      return untold(event);
  }
};

const raised = ({ by, sourceId, summary, alertKey, priority, route }: AlertEventOf<'AlertRaised'>['data'], names: Names): Line => {
  const to =
    route.type === 'policy'
      ? { en: `policy ${route.policy.name}`, de: `Richtlinie ${route.policy.name}` }
      : {
          en: route.userIds.map((userId) => names.user(userId)).join(', '),
          de: route.userIds.map((userId) => names.user(userId)).join(', '),
        };
  const known = vars({
    alertSourceId: sourceId,
    summary,
    alertKey,
    priority,
    escalationPolicyId: route.type === 'policy' ? route.policy.policyId : undefined,
  });
  return by.type === 'user'
    ? line(
        'AlertCreatedByUserLogEntry',
        UPDATE,
        { ...known, ...actorVars(by) },
        `Created by ${names.actor(by)} for ${names.source(sourceId)}, to ${to.en}`,
        `Angelegt von ${names.actor(by)} für ${names.source(sourceId)}, an ${to.de}`,
      )
    : line(
        'AlertReceivedLogEntry',
        SOURCE,
        known,
        `Received from ${names.source(sourceId)}, ${priority} priority, to ${to.en}`,
        `Empfangen von ${names.source(sourceId)}, Priorität ${priority}, an ${to.de}`,
      );
};

const activated = (
  { responders, problems: found, step, lateMs }: AlertEventOf<'RespondersActivated'>['data'],
  names: Names,
): readonly Line[] => {
  const lateness = latenessOf(lateMs);
  const level = step.level + 1;
  const people = responders.map(({ userId, reason }) =>
    line(
      'AlertAssignedBySystemLogEntry',
      UPDATE,
      { ...stepVars(step), userId: String(userId), ...lateness.vars },
      `Level ${level}${lateness.en}: ${names.user(userId)} is responder, ${reasonText(names.shown(reason), 'en')}`,
      `Stufe ${level}${lateness.de}: ${names.user(userId)} ist zuständig, ${reasonText(names.shown(reason), 'de')}`,
    ),
  );
  const missing = found.map((problem) =>
    line(
      'NobodyOnCallLogEntry',
      UPDATE,
      stepVars(step),
      `Level ${level}: ${problemText(names.shown(problem), 'en', names.lookup)}`,
      `Stufe ${level}: ${problemText(names.shown(problem), 'de', names.lookup)}`,
    ),
  );
  return [...people, ...missing];
};

const nobodyOnCall = (
  { problems: found, fallback, retryAt, step }: AlertEventOf<'NobodyOnCall'>['data'],
  names: Names,
): readonly Line[] => {
  const why = problems(found, names);
  const people = fallback.map((userId) => names.user(userId)).join(', ');
  const again =
    retryAt === undefined ? { en: '', de: '' } : { en: `; tried again at ${iso(retryAt)}`, de: `; neuer Versuch um ${iso(retryAt)}` };
  return [
    line(
      'NobodyOnCallLogEntry',
      UPDATE,
      { ...stepVars(step), ...vars({ retryAt: iso(retryAt) }) },
      `Nobody of the policy can be reached (${why.en}); fallback contacts: ${people}${again.en}`,
      `Niemand aus der Richtlinie ist erreichbar (${why.de}); Ersatzkontakte: ${people}${again.de}`,
    ),
  ];
};

const assigned = ({ by, to, actionId }: AlertEventOf<'AlertAssigned'>['data'], names: Names): Line => {
  const who = names.actor(by);
  switch (to.type) {
    case 'policy': {
      const { policyId } = to.policy;
      const name = names.policy(to.policy);
      const action = actionId === undefined ? undefined : (names.lookup.get('alertaction', actionId)?.name ?? `#${actionId}`);
      const through =
        action === undefined || by.type !== 'user' ? { en: '', de: '' } : { en: `, by action ${action}`, de: `, durch Aktion ${action}` };
      const doer = action === undefined || by.type === 'user' ? { en: who, de: who } : { en: `Action ${action}`, de: `Aktion ${action}` };
      return line(
        'AlertAssignedToPolicyLogEntry',
        UPDATE,
        { ...actorVars(by), ...vars({ alertActionId: actionId }), escalationPolicyId: String(policyId) },
        `${doer.en} assigned it to policy ${name}${through.en}`,
        `${doer.de} hat der Richtlinie ${name} zugewiesen${through.de}`,
      );
    }
    case 'schedule': {
      const name = names.lookup.get('schedule', to.scheduleId)?.name ?? `#${to.scheduleId}`;
      return line(
        'AlertAssignedToScheduleLogEntry',
        UPDATE,
        { ...actorVars(by), scheduleId: String(to.scheduleId), responderId: String(to.userId) },
        `${who} assigned it to schedule ${name}: ${names.user(to.userId)} is on call`,
        `${who} hat dem Plan ${name} zugewiesen: ${names.user(to.userId)} hat Bereitschaft`,
      );
    }
    case 'user':
      return line(
        'AlertAssignedByUserLogEntry',
        UPDATE,
        { ...actorVars(by), responderId: String(to.userId) },
        `${who} assigned it to ${names.user(to.userId)}`,
        `${who} hat ${names.user(to.userId)} zugewiesen`,
      );
  }
};

const problems = (found: readonly ReachabilityProblem[], names: Names): { readonly en: string; readonly de: string } => ({
  en: found.map((problem) => problemText(names.shown(problem), 'en', names.lookup)).join('; ') || 'the level names nobody',
  de: found.map((problem) => problemText(names.shown(problem), 'de', names.lookup)).join('; ') || 'die Stufe nennt niemanden',
});

const stepVars = ({ round, pass, level }: EscalationStep): Record<string, string> => ({
  round: String(round),
  pass: String(pass),
  level: String(level + 1),
});

const line = (
  logEntryType: string,
  filterTypes: readonly LogFilterType[],
  values: Readonly<Record<string, string>>,
  en: string,
  de: string,
): Line => ({
  logEntryType,
  filterTypes,
  vars: values,
  text: { en, de },
});
