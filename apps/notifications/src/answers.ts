import { setTimeout as delay } from 'node:timers/promises';
import { timeText } from '@tocsin/channels';
import type { Language } from '@tocsin/channels';
import { topics } from '@tocsin/contracts';
import type { AlertCommand, AssignToPolicy } from '@tocsin/contracts';
import { alertDecider, alertStream, Clock, fold, isLater, mayAnswerAlerts, Rejection } from '@tocsin/domain';
import type { Actor, AlertEvent, AlertId, EscalationStep, Instant, User, UserId } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import { newUuid, Views } from '@tocsin/platform';
import { ALERTS_VIEW, readAlertFromStreams, ReadStoreFault } from '@tocsin/read-models';
import type { AlertDocument, AlertHistory } from '@tocsin/read-models';
import { actorName } from './actor-name';
import type { AnswerClaims, AnswerPurpose } from './answer-links';
import { answerTexts } from './answer-texts';

export type AnswerView =
  | { readonly type: 'question'; readonly language: Language; readonly alert: AlertDocument }
  | { readonly type: 'outcome'; readonly language: Language; readonly alert: AlertDocument; readonly text: string }
  | { readonly type: 'refused'; readonly language: Language }
  | { readonly type: 'gone'; readonly language: Language };

/** What came of an answer. */
export type AnswerOutcome = Exclude<AnswerView, { type: 'question' }>;

type Found = { readonly type: 'found'; readonly user: User; readonly history: AlertHistory };

/** What came of an answer, in the words of whoever gave it. */
export const wordsOf = (view: AnswerOutcome): string => {
  if (view.type === 'outcome') return view.text;
  const t = answerTexts[view.language];
  return view.type === 'gone' ? t.gone : t.notAllowed;
};

const LOOK_AGAIN_MS = 15;

/** What a person's answer on a link does: a durable command under their name, and what came of it in their words. */
export class Answers {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly bus: MessageBus;
      readonly configuration: ConfigurationReader;
      readonly clock: Clock;
      readonly views: Views;
      readonly visibleWithinMs: number;
    },
  ) {}

  /** The question to confirm, or the outcome when there is nothing left to decide. */
  async ask(purpose: AnswerPurpose, claims: AnswerClaims): Promise<AnswerView> {
    const before = await this.before(claims);
    if (before.type !== 'found') return before;
    const { user, history } = before;
    const settled = this.settled(purpose, claims, history, user);
    return settled === undefined
      ? { type: 'question', language: user.language, alert: history.document }
      : { type: 'outcome', language: user.language, alert: history.document, text: settled };
  }

  /**
   * Makes the answer durable and waits, for a bounded time, for what came of it. The same `commandId` again is the same answer.
   * @throws MessageBusFault, EventStoreFault
   */
  async give(purpose: AnswerPurpose, claims: AnswerClaims, commandId: string = newUuid()): Promise<AnswerOutcome> {
    const before = await this.before(claims);
    if (before.type !== 'found') return before;
    const { user, history } = before;
    const settled = this.settled(purpose, claims, history, user);
    if (settled !== undefined) return { type: 'outcome', language: user.language, alert: history.document, text: settled };
    await this.publish(commandId, purpose, claims);
    return this.outcome(commandId, purpose, claims, user);
  }

  /** What others have made of the alert, for whoever was asked to answer it; undefined while nobody has answered. */
  async standing(claims: AnswerClaims): Promise<string | undefined> {
    const before = await this.before(claims);
    if (before.type !== 'found') return undefined;
    const { user, history } = before;
    const settled = this.settled('accept', claims, history, user);
    const first = history.document.responders.find(({ acceptedAt }) => acceptedAt !== undefined);
    if (settled !== undefined || first?.acceptedAt === undefined) return settled;
    const who = this.nameOf({ type: 'user', userId: first.userId }, user.language);
    return answerTexts[user.language].acceptedBefore(who, timeText(first.acceptedAt, user));
  }

  private async before(claims: AnswerClaims): Promise<Found | Extract<AnswerView, { type: 'refused' | 'gone' }>> {
    const { configuration } = this.parts;
    const user = await configuration.surely(() => answering(configuration.get('user', claims.userId)));
    if (user === undefined) return { type: 'refused', language: 'en' };
    const history = await readAlertFromStreams(this.parts.eventStore, claims.alertId);
    return history === undefined ? { type: 'gone', language: user.language } : { type: 'found', user, history };
  }

  private async publish(id: string, purpose: AnswerPurpose, { alertId, userId, step, to, toPolicy }: AnswerClaims): Promise<void> {
    const at = this.parts.clock.now();
    const about = { alertId, by: { type: 'user', userId } as Actor, at };
    const message =
      toPolicy === undefined
        ? { type: 'AlertCommand', data: commandOf(purpose, { ...about, step, to }) }
        : { type: 'AssignToPolicy', data: { ...about, policyId: toPolicy } satisfies AssignToPolicy };
    await this.parts.bus.publish(topics.alertCommands, [
      { id, key: alertStream(alertId), ...message, schemaVersion: 1, time: at, correlationId: id, causationId: id },
    ]);
  }

  private async outcome(commandId: string, purpose: AnswerPurpose, claims: AnswerClaims, user: User): Promise<AnswerOutcome> {
    const deadline = performance.now() + this.parts.visibleWithinMs;
    const t = answerTexts[user.language];
    for (;;) {
      const history = await readAlertFromStreams(this.parts.eventStore, claims.alertId);
      if (history === undefined) return { type: 'gone', language: user.language };
      const acted = history.events.some((event) => event.metadata.causationId === commandId);
      const text = acted ? this.done(purpose, claims, history.document, user) : this.settled(purpose, claims, history, user);
      if (text !== undefined) {
        await this.seenByReads(history, deadline - performance.now());
        return { type: 'outcome', language: user.language, alert: history.document, text };
      }
      if (performance.now() >= deadline) return { type: 'outcome', language: user.language, alert: history.document, text: t.taken };
      await delay(LOOK_AGAIN_MS);
    }
  }

  /** Whoever looks at the alert after this page finds there what the page says (BEHAVIOUR B1); the page does not depend on it. */
  private async seenByReads({ events }: AlertHistory, withinMs: number): Promise<void> {
    const position = events.at(-1)?.position;
    if (position === undefined) return;
    try {
      await this.parts.views.waitFor(ALERTS_VIEW, position, Math.max(0, withinMs));
    } catch (error) {
      if (!(error instanceof ReadStoreFault)) throw error;
    }
  }

  private done(purpose: AnswerPurpose, { to, toPolicy }: AnswerClaims, alert: AlertDocument, user: User): string {
    const t = answerTexts[user.language];
    if (toPolicy !== undefined) return t.reassigned(this.parts.configuration.get('policy', toPolicy)?.name ?? `#${toPolicy}`);
    if (purpose === 'reassign')
      return t.reassigned(to === undefined ? t.deletedUser : this.nameOf({ type: 'user', userId: to }, user.language));
    const first = alert.responders.find((responder) => responder.status === 'ACCEPTED' && responder.userId !== user.id);
    return purpose === 'accept' && first?.acceptedAt !== undefined
      ? `${t.done.accept} ${t.alsoResponder(this.nameOf({ type: 'user', userId: first.userId }, user.language), timeText(first.acceptedAt, user))}`
      : t.done[purpose];
  }

  /** What to say when the answer changes nothing any more; undefined while it does. */
  private settled(purpose: AnswerPurpose, { step, to, toPolicy }: AnswerClaims, history: AlertHistory, user: User): string | undefined {
    const t = answerTexts[user.language];
    const alert = history.document;
    if (alert.status === 'RESOLVED') {
      return t.resolvedBefore(
        this.nameOf(alert.resolvedBy ?? { type: 'system', part: 'alerts' }, user.language),
        timeText(alert.resolvedOn ?? alert.reportTime, user),
      );
    }
    const seen = this.parts.configuration.seenBy({ userId: user.id, role: user.role });
    if (toPolicy !== undefined) return seen.get('policy', toPolicy) === undefined ? t.noPolicy : undefined;
    if (purpose === 'reassign') {
      const person = to === undefined ? undefined : seen.get('user', to);
      return answering(person) === undefined ? t.noResponder : undefined;
    }
    const mine = alert.responders.find((responder) => responder.userId === user.id);
    if (purpose === 'accept' && mine?.acceptedAt !== undefined) {
      return t.acceptedBefore(this.nameOf({ type: 'user', userId: user.id }, user.language), timeText(mine.acceptedAt, user));
    }
    if (purpose === 'raisePriority' && alert.priority === 'HIGH') return t.highAlready;
    if (purpose === 'escalate' && step !== undefined && alert.step !== undefined && isLater(alert.step, step)) {
      return t.alreadyAtLevel(alert.step.level + 1);
    }
    return purpose === 'escalate' && step !== undefined ? this.refusal(history, step, user) : undefined;
  }

  /** Asks the alert's own rules, so that the page says why nothing will happen instead of waiting for it. */
  private refusal({ events }: AlertHistory, from: EscalationStep, user: User): string | undefined {
    const state = fold(alertDecider, events.map(eventOf<AlertEvent>));
    try {
      alertDecider.decide({ type: 'escalate', at: this.parts.clock.now(), by: { type: 'user', userId: user.id }, from }, state);
      return undefined;
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const t = answerTexts[user.language];
      return error.code === 'low-priority-does-not-escalate' ? t.lowDoesNotEscalate : t.nobodyLeft;
    }
  }

  private nameOf(actor: Actor, language: Language): string {
    return actorName(actor, language, this.parts.configuration);
  }
}

/** The same authorisation as the API's: acting on alerts takes a responder's rights. */
const answering = (user: User | undefined): User | undefined => (user !== undefined && mayAnswerAlerts(user) ? user : undefined);

const commandOf = (
  purpose: AnswerPurpose,
  {
    step,
    to,
    ...rest
  }: {
    readonly alertId: AlertId;
    readonly by: Actor;
    readonly at: Instant;
    readonly step: EscalationStep | undefined;
    readonly to: UserId | undefined;
  },
): AlertCommand => {
  if (purpose === 'reassign') {
    if (to === undefined) throw new Error('a reassignment says to whom');
    return { type: 'assign', ...rest, to: { type: 'user', userId: to } };
  }
  if (purpose !== 'escalate') return { type: purpose, ...rest };
  // Links are checked for it when they are read; anything but escalating would be worse than this.
  if (step === undefined) throw new Error('an answer that escalates says from where');
  return { type: 'escalate', ...rest, from: step };
};
