import { problemText, publicUserRel, reasonAsSeen, reasonText } from '@tocsin/contracts';
import type { PublicExplainedStep, PublicExplanation, PublicReason, PublicUserRel, TextLanguage } from '@tocsin/contracts';
import { explainEscalation, fallbackContacts, planNotifications, snapshotOf, toIso, whoToPage } from '@tocsin/domain';
import type {
  ActivatedResponder,
  AlertPriority,
  ConfigurationLookup,
  Contact,
  Editor,
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

  /** What would happen is worked out on all there is, and told as far as whoever asks sees it. */
  explain({ policy, at, priority, language }: ExplainQuestion, by: Editor): PublicExplanation {
    const { configuration } = this;
    const told = new Telling(configuration.seenBy(by), language);
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
      steps: steps.map((step) => told.step(step)),
      ending: told.ending(ending, fallbackContacts(configuration.list('user'))),
    };
  }
}

/** To one person, in one language. */
class Telling {
  constructor(
    private readonly seen: ConfigurationLookup,
    private readonly language: TextLanguage,
  ) {}

  step({ pass, level, ruleIndex, dueAt, skipped, responders, problems, notifications }: ExplainedStep): PublicExplainedStep {
    return {
      pass,
      level,
      ruleIndex,
      dueAt: toIso(dueAt),
      skipped,
      responders: responders.map(({ userId, reason }) => {
        const shown = reasonAsSeen(reason, this.seen);
        return { user: this.user(userId), reason: reasonText(shown, this.language), reasonDetails: reasonDetails(shown) };
      }),
      problems: this.problems(problems),
      notifications: notifications.map((notification) => this.notification(notification)),
    };
  }

  private notification({ userId, method, contactId, at, repeats }: ExplainedNotification): PublicExplainedStep['notifications'][number] {
    const contact = this.seen.get('user', userId)?.contacts.find(({ id }) => id === contactId);
    return {
      user: this.user(userId),
      method,
      ...(contact === undefined ? {} : { contact: { id: contact.id, target: masked(contact) } }),
      at: toIso(at),
      ...(repeats === undefined
        ? {}
        : { leftOut: { text: repeatsText(repeats, this.language), details: { type: 'identical', at: toIso(repeats) } } }),
    };
  }

  ending(ending: ExplainedEnding, contacts: readonly UserId[]): PublicExplanation['ending'] {
    const fallback = ending.type === 'low-priority' ? [] : contacts;
    const isEmpty = ending.type === 'nobody-on-call';
    return {
      type: ending.type,
      text: endingText(ending, this.language),
      at: toIso(ending.at),
      ...(isEmpty && ending.retryAt !== undefined ? { retryAt: toIso(ending.retryAt) } : {}),
      problems: isEmpty ? this.problems(ending.problems) : [],
      fallback: fallback.map((userId) => this.user(userId)),
    };
  }

  private problems(problems: readonly ReachabilityProblem[]): readonly PublicReason[] {
    return problems
      .map((problem) => reasonAsSeen(problem, this.seen))
      .map((problem) => ({ text: problemText(problem, this.language, this.seen), details: problemDetails(problem) }));
  }

  private user(userId: UserId): PublicUserRel {
    return publicUserRel(userId, this.seen);
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
