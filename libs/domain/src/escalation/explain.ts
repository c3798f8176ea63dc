import type { ActivatedResponder, EscalationStep } from '../alert/alert-events';
import type { AlertPriority, EscalationTarget, NotificationMethod, PolicySnapshot } from '../configuration/resources';
import { fold } from '../decider';
import type { AlertId, AlertSourceId, ContactId, UserId } from '../ids';
import { repeatedFrom } from '../notification/pacing';
import type { ReachabilityProblem } from '../oncall/responder-reason';
import type { Instant } from '../time';
import { escalationDecider } from './escalation';
import type { EscalationFact } from './escalation-commands';
import type { EscalationEventOf } from './escalation-events';
import { nextEscalationDue, type Escalation } from './escalation-state';
import { ruleIndexOf } from './pass';

/** Whom a level would page at an instant: what oncall answers to a due level. */
export interface ResolvedLevel {
  readonly responders: readonly ActivatedResponder[];
  readonly problems: readonly ReachabilityProblem[];
  readonly nextShiftStart?: Instant;
}

export interface ExplainedNotification {
  readonly userId: UserId;
  readonly method: NotificationMethod;
  readonly contactId?: ContactId;
  readonly at: Instant;
  /** It says what the one of that time says, and is left out if that one arrives. */
  readonly repeats?: Instant;
}

export interface ExplainedStep {
  readonly pass: number;
  readonly level: number;
  readonly ruleIndex: number;
  readonly dueAt: Instant;
  readonly responders: readonly ActivatedResponder[];
  readonly problems: readonly ReachabilityProblem[];
  readonly skipped: boolean;
  readonly notifications: readonly ExplainedNotification[];
}

export type ExplainedEnding =
  /** Every pass is over; the fallback contacts are paged (B12). */
  | { readonly type: 'ended'; readonly at: Instant }
  /** LOW has its level and goes no further (B15). */
  | { readonly type: 'low-priority'; readonly at: Instant }
  /** A whole pass had nobody; the fallback contacts are paged, and all is tried again at `retryAt` (B11). */
  | {
      readonly type: 'nobody-on-call';
      readonly at: Instant;
      readonly retryAt?: Instant;
      readonly problems: readonly ReachabilityProblem[];
    };

export interface EscalationExplanation {
  readonly steps: readonly ExplainedStep[];
  readonly ending: ExplainedEnding;
}

export interface ExplainedQuestion {
  readonly policy: PolicySnapshot;
  readonly priority: AlertPriority;
  /** When the alert is raised. */
  readonly at: Instant;
  resolveLevel(targets: readonly EscalationTarget[], at: Instant): ResolvedLevel;
  /** What would be sent to a person whom a level pages at `at`. */
  preferencesOf(userId: UserId, priority: AlertPriority, at: Instant): readonly Omit<ExplainedNotification, 'userId' | 'repeats'>[];
}

const nobody = { type: 'system', part: 'explain' } as const;

/**
 * Who would be paged, when and why, if an alert were raised at `at` and nobody answered. It runs the decider itself with
 * time that costs nothing, so that what it tells is what will happen.
 */
export const explainEscalation = (question: ExplainedQuestion): EscalationExplanation => {
  const alertId = 1 as AlertId;
  const { policy, priority } = question;
  const steps: ExplainedStep[] = [];
  let state: Escalation = escalationDecider.initial;
  let revision = 0;

  const observe = (fact: EscalationFact): ExplainedEnding | undefined => {
    const events = escalationDecider.decide({ type: 'observe', fact, revision: revision++, at: fact.data.at }, state);
    return advance(events);
  };
  const advance = (events: ReturnType<typeof escalationDecider.decide>): ExplainedEnding | undefined => {
    state = fold(escalationDecider, events, state);
    for (const event of events) {
      if (event.type === 'EscalationExhausted') return { type: 'ended', at: event.data.at };
      if (event.type === 'EscalationHalted' && event.data.reason === 'low-priority') return { type: 'low-priority', at: event.data.at };
      if (event.type === 'NobodyFound') {
        const { at, retryAt, problems } = event.data;
        return { type: 'nobody-on-call', at, ...(retryAt === undefined ? {} : { retryAt }), problems };
      }
      if (event.type === 'LevelDue') return observe(levelFact(event.data));
    }
    return undefined;
  };
  const levelFact = ({ step, at, dueAt, targets }: EscalationEventOf<'LevelDue'>['data']): EscalationFact => {
    const { responders, problems, nextShiftStart } = question.resolveLevel(targets, at);
    const skipped = responders.length === 0;
    const userIds = [...new Set(responders.map((responder) => responder.userId))];
    const notifications = userIds.flatMap((userId) => {
      const planned = question.preferencesOf(userId, priority, at);
      const repeated = repeatedFrom(planned);
      return planned.map((each) => {
        const repeats = repeated.get(each);
        return { userId, ...each, ...(repeats === undefined ? {} : { repeats }) };
      });
    });
    steps.push({ ...numbersOf(step), dueAt, responders, problems, skipped, notifications });
    return skipped
      ? { type: 'LevelSkipped', data: { alertId, at, step, problems, ...(nextShiftStart === undefined ? {} : { nextShiftStart }) } }
      : { type: 'RespondersActivated', data: { alertId, at, activation: steps.length, step, priority, responders, problems, lateMs: 0 } };
  };
  const numbersOf = (step: EscalationStep) => ({ pass: step.pass, level: step.level, ruleIndex: ruleIndexOf(policy, step, 0) });

  let ending = observe({
    type: 'AlertRaised',
    data: {
      alertId,
      sourceId: 1 as AlertSourceId,
      at: question.at,
      by: nobody,
      summary: '',
      priority,
      images: [],
      links: [],
      labels: {},
      comments: [],
      route: { type: 'policy', policy },
    },
  });
  while (ending === undefined) {
    const dueAt = nextEscalationDue(state);
    if (dueAt === null) throw new Error('an escalation that waits for nothing has no ending');
    ending = advance(escalationDecider.decide({ type: 'fireDue', at: dueAt }, state));
  }
  return { steps, ending };
};
