import type { SlackMessagePlace, SlackResult, SlackWorkspace } from '@tocsin/channels';
import { Clock, nextAct, OWN_CHANNEL, postOf } from '@tocsin/domain';
import type { Instant, SlackActOutcome, SlackPost, SlackPostEventOf } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';
import type { Counter, Logger } from '@tocsin/platform';
import { readAlertFromStreams } from '@tocsin/read-models';
import type { SlackBudget } from './slack-budget';
import { SlackComposer } from './slack-composer';
import { refOf, SlackPosts, timerOf } from './slack-posts';
import type { SlackPostRef } from './slack-posts';

type Attempt = SlackPostEventOf<'SlackAttemptStarted'>['data'];

export interface SlackPostingParts {
  readonly posts: SlackPosts;
  readonly workspace: SlackWorkspace;
  readonly composer: SlackComposer;
  readonly budget: SlackBudget;
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly clock: Clock;
  readonly log: Logger;
  readonly acts: Counter<'act' | 'outcome'>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Does in Slack what is due for one alert in one channel: recorded first, then the alert is read as it is now, then Slack is asked. */
export class SlackPosting {
  constructor(private readonly parts: SlackPostingParts) {}

  /** Called at least once per due time. `interruptedBefore`: attempts from before it were ended by a crash. @throws EventStoreFault */
  async attempt(timer: string, interruptedBefore?: Instant): Promise<void> {
    const { posts, clock } = this.parts;
    const ref = refOf(timer);
    const { alertId, linkId } = ref;
    const state = await posts.of(alertId);
    const post = state === undefined ? undefined : postOf(state, linkId);
    if (post === undefined || (await this.mustWait(ref, post))) return;
    const cause = { causationId: newUuid(), correlationId: timer };
    const { events } = await posts.change(
      alertId,
      { type: 'startAttempt', at: clock.now(), alertId, linkId, ...(interruptedBefore === undefined ? {} : { interruptedBefore }) },
      cause,
    );
    const started = events.find(({ type }) => type === 'SlackAttemptStarted');
    if (started === undefined) return;
    this.parts.budget.used(timer);
    const attempt = started.data as Attempt;
    const outcome = await this.outcome(ref, post, attempt);
    this.parts.log.info({ alertId, linkId, act: attempt.act, outcome: outcome.type }, 'slack asked');
    this.parts.acts.inc({ act: attempt.act, outcome: outcome.type });
    await posts.change(alertId, { type: 'recordOutcome', at: clock.now(), linkId, attempt: attempt.attempt, outcome }, cause);
  }

  /** Begins again at once what a crash or another owner's end left open; what runs here since is left alone. @throws EventStoreFault */
  async repeatInterrupted(timer: string, ownerSince: Instant): Promise<void> {
    const { alertId, linkId } = refOf(timer);
    const state = await this.parts.posts.of(alertId);
    const startedAt = state === undefined ? undefined : postOf(state, linkId)?.attempting?.startedAt;
    if (startedAt !== undefined && startedAt < ownerSince) await this.attempt(timer, ownerSince);
  }

  /** Holds it back, on record, while others are before it in line. */
  private async mustWait(ref: SlackPostRef, post: SlackPost): Promise<boolean> {
    const { posts, budget, clock } = this.parts;
    const act = nextAct(post);
    const now = clock.now();
    if (act === undefined || post.attempting !== undefined || post.dueAt === null || post.dueAt > now) return false;
    const until = budget.placeFor(timerOf(ref), act, post.channelId, now);
    if (until <= now) return false;
    const cause = { causationId: newUuid(), correlationId: timerOf(ref) };
    await posts.change(ref.alertId, { type: 'holdBack', at: now, linkId: ref.linkId, until, reason: 'limits of Slack' }, cause);
    return true;
  }

  private async outcome(
    { alertId, linkId }: SlackPostRef,
    post: SlackPost,
    { act, key, alertRevision, possiblyDone }: Attempt,
  ): Promise<SlackActOutcome> {
    const { workspace, composer, eventStore } = this.parts;
    const history = await readAlertFromStreams(eventStore, alertId);
    if (history === undefined) return this.givenUp('alert is in the archive');
    const language = this.languageOf(post);
    const shown = history.events.at(-1)?.revision ?? 0;
    const { channelId, ts } = post;
    const content = linkId === OWN_CHANNEL ? composer.inOwnChannel(history, language) : composer.alert(history, language);
    const lookSince = possiblyDone ? { lookSince: post.plannedAt } : {};
    if (act === 'post') {
      // Nobody has to be told of what is over before they were told that it began (B9).
      if (history.document.status === 'RESOLVED' && !possiblyDone) return this.givenUp('resolved');
      return this.outcomeOf(await workspace.post({ channelId, content, key, ...lookSince }), shown);
    }
    if (ts === undefined) return this.givenUp('no message');
    if (act === 'edit') return this.outcomeOf(await workspace.edit({ channelId, ts }, content), shown);
    const text = alertRevision === undefined ? undefined : composer.update(history, alertRevision, language);
    if (alertRevision === undefined || text === undefined) return this.givenUp('nothing to tell');
    // Nobody opens threads in a channel that has one message to begin with.
    const thread = linkId === OWN_CHANNEL ? {} : { threadTs: ts };
    return this.outcomeOf(
      await workspace.post({ channelId, ...thread, content: { type: 'text', text }, key, ...lookSince }),
      alertRevision,
    );
  }

  private languageOf({ linkId, userId, language }: SlackPost): 'en' | 'de' {
    const { configuration } = this.parts;
    const of = userId === undefined ? configuration.get('slacklink', linkId) : configuration.get('user', userId);
    return of?.language ?? language ?? 'en';
  }

  private outcomeOf(result: SlackResult<SlackMessagePlace>, alertRevision: number): SlackActOutcome {
    if (result.ok) return { type: 'done', ts: result.value.ts, alertRevision };
    const { reason, permanent, uncertain, retryAfterMs } = result;
    const jitter = this.parts.random();
    return { type: 'failed', reason, permanent, uncertain, jitter, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }

  private givenUp(reason: string): SlackActOutcome {
    return { type: 'failed', reason, permanent: true, uncertain: false, jitter: 0 };
  }
}
