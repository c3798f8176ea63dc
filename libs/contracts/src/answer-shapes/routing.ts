import type { PublicExplainedEnding, PublicExplainedStep, PublicExplanation, PublicReason } from '../public/explanation';
import type { PublicOnCall } from '../public/on-calls';
import type {
  PublicLevelReadiness,
  PublicPolicyReadiness,
  PublicPolicyWarning,
  PublicReadiness,
  PublicReadinessProblem,
  PublicWrittenPolicy,
} from '../public/readiness';
import type {
  PublicAlertSource,
  PublicEscalationPolicy,
  PublicEscalationRule,
  PublicNamed,
  PublicScheduleRel,
  PublicSubscriber,
} from '../public/routing';
import { TeamRel, User, UserRel } from './people';
import { OwnSupportHours, SupportHour } from './support-hours';
import { eitherOf, flag, id, listOf, maybe, named, object, openObject, orNull, text, time, whole, words } from './shape';

export const Named = named('Named', object<PublicNamed>({ id, name: text }));
export const Subscriber = named('Subscriber', object<PublicSubscriber>({ id, name: text, type: words('USER', 'TEAM') }));
export const ScheduleRel = named('ScheduleRel', object<PublicScheduleRel>({ id, name: text, type: words('STATIC', 'RECURRING') }));

export const EscalationRule = named(
  'EscalationRule',
  object<PublicEscalationRule>({
    escalationTimeout: whole,
    users: listOf(UserRel),
    schedules: listOf(ScheduleRel),
    teams: listOf(TeamRel),
  }),
);

const policyFields = {
  id,
  name: text,
  escalationRules: listOf(EscalationRule),
  repeating: flag,
  frequency: whole,
  delayMin: whole,
  routingKey: maybe(text),
  teams: listOf(TeamRel),
};
export const EscalationPolicy = named('EscalationPolicy', object<PublicEscalationPolicy>(policyFields));

export const AlertSource = named(
  'AlertSource',
  object<PublicAlertSource>({
    id,
    name: text,
    integrationType: text,
    integrationKey: orNull(text),
    integrationUrl: orNull(text),
    escalationPolicy: eitherOf(EscalationPolicy, object<{ readonly id: number }>({ id })),
    alertCreation: text,
    alertGroupingWindow: maybe(text),
    autoResolutionTimeout: maybe(text),
    alertPriorityRule: text,
    autoRaiseAlerts: maybe(flag),
    supportHours: maybe(eitherOf(eitherOf(SupportHour, OwnSupportHours), object<{ readonly id: number }>({ id }))),
    severity: maybe(whole),
    active: flag,
    status: words('PENDING', 'ALL_ACCEPTED', 'ALL_RESOLVED', 'DISABLED'),
    filterOperator: maybe(text),
    resolveFilterOperator: maybe(text),
    teams: listOf(TeamRel),
    createdAt: time,
    updatedAt: time,
  }),
);

export const OnCall = named(
  'OnCall',
  object<PublicOnCall>({
    user: eitherOf(User, UserRel),
    escalationPolicy: maybe(eitherOf(EscalationPolicy, Named)),
    schedule: maybe(eitherOf(ScheduleRel, Named)),
    escalationLevel: maybe(whole),
    start: maybe(time),
    end: maybe(time),
  }),
);

const Reason = object<PublicReason>({ text, details: openObject });

const readinessProblem = {
  code: text,
  message: text,
  method: maybe(text),
  contact: maybe(object<{ readonly id: number }>({ id })),
  preference: maybe(object<{ readonly id: number }>({ id })),
  mutedUntil: maybe(time),
  lastSuccess: maybe(time),
};

export const Readiness = named(
  'Readiness',
  object<PublicReadiness>({ user: UserRel, ready: flag, problems: listOf(object<PublicReadinessProblem>(readinessProblem)) }),
);

export const PolicyReadiness = named(
  'PolicyReadiness',
  object<PublicPolicyReadiness>({
    policy: Named,
    ready: flag,
    levels: listOf(object<PublicLevelReadiness>({ level: whole, ready: flag, problems: listOf(Reason) })),
    people: listOf(Readiness),
  }),
);

export const WrittenEscalationPolicy = named(
  'WrittenEscalationPolicy',
  object<PublicWrittenPolicy>({
    ...policyFields,
    warnings: listOf(object<PublicPolicyWarning>({ ...readinessProblem, user: maybe(UserRel), level: maybe(whole) })),
  }),
);

const Step = object<PublicExplainedStep>({
  pass: whole,
  level: whole,
  ruleIndex: whole,
  dueAt: time,
  skipped: flag,
  responders: listOf(object<PublicExplainedStep['responders'][number]>({ user: UserRel, reason: text, reasonDetails: openObject })),
  problems: listOf(Reason),
  notifications: listOf(
    object<PublicExplainedStep['notifications'][number]>({
      user: UserRel,
      method: text,
      contact: maybe(object<{ readonly id: number; readonly target: string }>({ id, target: text })),
      at: time,
      leftOut: maybe(Reason),
    }),
  ),
});

const Ending = object<PublicExplainedEnding>({
  type: words('ended', 'low-priority', 'nobody-on-call'),
  text,
  at: time,
  retryAt: maybe(time),
  problems: listOf(Reason),
  fallback: listOf(UserRel),
});

export const Explanation = named(
  'Explanation',
  object<PublicExplanation>({ policy: Named, at: time, priority: words('HIGH', 'LOW'), steps: listOf(Step), ending: Ending }),
);
