import { problemText, publicUserRel, reasonText } from '@tocsin/contracts';
import type { PublicExplainedStep, PublicExplanation, PublicReason, PublicUserRel, TextLanguage } from '@tocsin/contracts';
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
import { endingText, repeatsText } from './explain-texts';
import { problemDetails } from './problem-details';

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
  ): PublicExplainedStep {
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
      notifications: notifications.map((notification) => this.notification(notification, language)),
    };
  }

  private notification(
    { userId, method, contactId, at, repeats }: ExplainedNotification,
    language: TextLanguage,
  ): PublicExplainedStep['notifications'][number] {
    const contact = this.configuration.get('user', userId)?.contacts.find(({ id }) => id === contactId);
    return {
      user: this.user(userId),
      method,
      ...(contact === undefined ? {} : { contact: { id: contact.id, target: masked(contact) } }),
      at: toIso(at),
      ...(repeats === undefined
        ? {}
        : { leftOut: { text: repeatsText(repeats, language), details: { type: 'identical', at: toIso(repeats) } } }),
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

  private problems(problems: readonly ReachabilityProblem[], language: TextLanguage): readonly PublicReason[] {
    return problems.map((problem) => ({ text: problemText(problem, language, this.configuration), details: problemDetails(problem) }));
  }

  private user(userId: UserId): PublicUserRel {
    return publicUserRel(userId, this.configuration);
  }
}

const reasonDetails = (reason: ActivatedResponder['reason']): PublicReason['details'] =>
  reason.type === 'schedule'
    ? { ...reason, onCall: { ...reason.onCall, start: toIso(reason.onCall.start), end: toIso(reason.onCall.end) } }
    : { ...reason };

/** Whoever may read a policy need not know everybody's numbers. */
const masked = ({ type, target }: Contact): string => {
  const at = target.lastIndexOf('@');
  return type === 'email' && at > 0 ? `${target.slice(0, 1)}…${target.slice(at)}` : `…${target.slice(-3)}`;
};
