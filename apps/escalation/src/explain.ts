import { problemText, publicUserRel, reasonText } from '@tocsin/contracts';
import type { PublicUserRel, TextLanguage } from '@tocsin/contracts';
import { explainEscalation, fallbackContacts, planNotifications, snapshotOf, toIso, whoToPage } from '@tocsin/domain';
import type {
  ActivatedResponder,
  AlertPriority,
  Contact,
  EscalationPolicy,
  ExplainedEnding,
  ExplainedNotification,
  ExplainedStep,
  Instant,
  NotificationMethod,
  ReachabilityProblem,
  UserId,
} from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { PlatformSettings } from '@tocsin/platform';
import { endingText } from './explain-texts';

/** Why, in words and as data. */
interface Explained {
  readonly text: string;
  readonly details: Readonly<Record<string, unknown>>;
}

interface PublicStep {
  /** From 1. */
  readonly pass: number;
  /** From 0, as in `PUT .../levels/{level}`. */
  readonly level: number;
  /** From 0 in the rules repeated `frequency` times, as an alert's `nextEscalationRuleIndex`. */
  readonly ruleIndex: number;
  readonly dueAt: string;
  /** Nobody of the level can be paged: the next one is due at once (B11). */
  readonly skipped: boolean;
  readonly responders: readonly { readonly user: PublicUserRel; readonly reason: string; readonly reasonDetails: Explained['details'] }[];
  readonly problems: readonly Explained[];
  readonly notifications: readonly {
    readonly user: PublicUserRel;
    readonly method: NotificationMethod;
    /** Enough of it to be recognised by its owner. */
    readonly contact?: { readonly id: number; readonly target: string };
    readonly at: string;
  }[];
}

export interface PublicExplanation {
  readonly policy: { readonly id: number; readonly name: string };
  readonly at: string;
  readonly priority: AlertPriority;
  readonly steps: readonly PublicStep[];
  readonly ending: {
    readonly type: ExplainedEnding['type'];
    readonly text: string;
    readonly at: string;
    /** When all levels are tried again, because a shift begins then. */
    readonly retryAt?: string;
    readonly problems: readonly Explained[];
    /** Who is told instead of nobody (B11, B12). */
    readonly fallback: readonly PublicUserRel[];
  };
}

export interface ExplainQuestion {
  readonly policy: EscalationPolicy;
  /** When the alert would be raised. */
  readonly at: Instant;
  readonly priority: AlertPriority;
  readonly language: TextLanguage;
}

/** Who would be paged, when, how and why, if an alert were raised and nobody answered; on the configuration of the moment. */
export class Explain {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly settings: PlatformSettings,
  ) {}

  explain({ policy, at, priority, language }: ExplainQuestion): PublicExplanation {
    const { configuration } = this;
    const canSend = (method: NotificationMethod): boolean => this.settings.reachableMethods.has(method);
    const { steps, ending } = explainEscalation({
      policy: snapshotOf(policy),
      priority,
      at,
      resolveLevel: (targets, dueAt) => whoToPage({ targets, at: dueAt, priority, configuration, canSend }),
      preferencesOf: (userId, _priority, activatedAt) => {
        const user = configuration.get('user', userId);
        const planned = user === undefined ? [] : planNotifications({ user, priority, activatedAt, canSend }).planned;
        return planned.map(({ method, contactId, dueAt }) => ({ method, at: dueAt, ...(contactId === undefined ? {} : { contactId }) }));
      },
    });
    return {
      policy: { id: policy.id, name: policy.name },
      at: toIso(at),
      priority,
      steps: steps.map((step) => this.step(step, language)),
      ending: this.ending(ending, language),
    };
  }

  private step(
    { pass, level, ruleIndex, dueAt, skipped, responders, problems, notifications }: ExplainedStep,
    language: TextLanguage,
  ): PublicStep {
    return {
      pass,
      level,
      ruleIndex,
      dueAt: toIso(dueAt),
      skipped,
      responders: responders.map(({ userId, reason }) => ({
        user: this.user(userId),
        reason: reasonText(reason, language),
        reasonDetails: reasonDetails(reason),
      })),
      problems: this.problems(problems, language),
      notifications: notifications.map((notification) => this.notification(notification)),
    };
  }

  private notification({ userId, method, contactId, at }: ExplainedNotification): PublicStep['notifications'][number] {
    const contact = this.configuration.get('user', userId)?.contacts.find(({ id }) => id === contactId);
    return {
      user: this.user(userId),
      method,
      ...(contact === undefined ? {} : { contact: { id: contact.id, target: masked(contact) } }),
      at: toIso(at),
    };
  }

  private ending(ending: ExplainedEnding, language: TextLanguage): PublicExplanation['ending'] {
    const fallback = ending.type === 'low-priority' ? [] : fallbackContacts(this.configuration.list('user'));
    const isEmpty = ending.type === 'nobody-on-call';
    return {
      type: ending.type,
      text: endingText(ending, language),
      at: toIso(ending.at),
      ...(isEmpty && ending.retryAt !== undefined ? { retryAt: toIso(ending.retryAt) } : {}),
      problems: isEmpty ? this.problems(ending.problems, language) : [],
      fallback: fallback.map((userId) => this.user(userId)),
    };
  }

  private problems(problems: readonly ReachabilityProblem[], language: TextLanguage): readonly Explained[] {
    return problems.map((problem) => ({ text: problemText(problem, language, this.configuration), details: problemDetails(problem) }));
  }

  private user(userId: UserId): PublicUserRel {
    return publicUserRel(userId, this.configuration);
  }
}

const reasonDetails = (reason: ActivatedResponder['reason']): Explained['details'] =>
  reason.type === 'schedule'
    ? { ...reason, onCall: { ...reason.onCall, start: toIso(reason.onCall.start), end: toIso(reason.onCall.end) } }
    : { ...reason };

const problemDetails = (problem: ReachabilityProblem): Explained['details'] =>
  problem.type === 'schedule-gap' && problem.nextShiftStart !== undefined
    ? { ...problem, nextShiftStart: toIso(problem.nextShiftStart) }
    : { ...problem };

/** Whoever may read a policy need not know everybody's numbers. */
const masked = ({ type, target }: Contact): string => {
  const at = target.lastIndexOf('@');
  return type === 'email' && at > 0 ? `${target.slice(0, 1)}…${target.slice(at)}` : `…${target.slice(-3)}`;
};
