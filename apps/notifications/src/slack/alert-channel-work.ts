import type { SlackResult, SlackWorkspace } from '@tocsin/channels';
import { alertChannelName, Clock, nextChannelAct, OWN_CHANNEL } from '@tocsin/domain';
import type { AlertChannelEventOf, AlertChannelOutcome, AlertEvent, AlertId, AskedChannel, Instant } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';
import type { Logger } from '@tocsin/platform';
import { readAlertFromStreams } from '@tocsin/read-models';
import type { AlertHistory } from '@tocsin/read-models';
import { actorName } from '../actor-name';
import { AlertChannels } from './alert-channels';
import type { SlackBudget } from './slack-budget';
import { SlackPosts } from './slack-posts';
import { slackTexts } from './slack-texts';

type Attempt = AlertChannelEventOf<'AlertChannelAttempted'>['data'];

export interface AlertChannelWorkParts {
  readonly channels: AlertChannels;
  readonly posts: SlackPosts;
  readonly workspace: SlackWorkspace;
  readonly budget: SlackBudget;
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publicUrl: string;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Does in Slack what is due for an alert's own channel: recorded first, then the alert is read as it is now, then Slack is asked. */
export class AlertChannelWork {
  constructor(private readonly parts: AlertChannelWorkParts) {}

  /** Called at least once per due time. `interruptedBefore`: attempts from before it were ended by a crash. @throws EventStoreFault */
  async attempt(alertId: AlertId, interruptedBefore?: Instant): Promise<void> {
    const { channels, clock, log } = this.parts;
    const cause = { causationId: newUuid(), correlationId: `alertchannel-${alertId}` };
    const state = await channels.of(alertId);
    if (state.status !== 'open' || (await this.mustWait(state, cause))) return;
    const { events } = await channels.change(
      alertId,
      { type: 'startAttempt', at: clock.now(), ...(interruptedBefore === undefined ? {} : { interruptedBefore }) },
      cause,
    );
    const started = events.find(({ type }) => type === 'AlertChannelAttempted');
    if (started === undefined) return;
    this.parts.budget.used(nameOf(alertId));
    const attempt = started.data as Attempt;
    const outcome = await this.outcome(state, attempt, cause);
    log.info({ alertId, act: attempt.act, outcome: outcome.type }, 'slack asked for a channel');
    await channels.change(alertId, { type: 'recordOutcome', at: clock.now(), attempt: attempt.attempt, outcome }, cause);
  }

  /** Begins again at once what a crash or another owner's end left open. @throws EventStoreFault */
  async repeatInterrupted(alertId: AlertId, ownerSince: Instant): Promise<void> {
    const state = await this.parts.channels.of(alertId);
    const startedAt = state.status === 'open' ? state.attempting?.startedAt : undefined;
    if (startedAt !== undefined && startedAt < ownerSince) await this.attempt(alertId, ownerSince);
  }

  /** Holds it back, on record, while other channels are before it in line. */
  private async mustWait(state: AskedChannel, cause: Cause): Promise<boolean> {
    const { channels, budget, clock } = this.parts;
    const { alertId, teamId, attempting, dueAt } = state;
    const at = clock.now();
    if (nextChannelAct(state) !== 'create' || attempting !== undefined || dueAt === null || dueAt > at) return false;
    const until = budget.placeFor(nameOf(alertId), 'create', teamId, at);
    if (until <= at) return false;
    await channels.change(alertId, { type: 'holdBack', at, until, reason: 'limits of Slack' }, cause);
    return true;
  }

  private async outcome(state: AskedChannel, { act, userId, possiblyDone }: Attempt, cause: Cause): Promise<AlertChannelOutcome> {
    const { workspace, configuration } = this.parts;
    const { alertId, channelId = '', teamId } = state;
    const history = await readAlertFromStreams(this.parts.eventStore, alertId);
    if (history === undefined) return givenUp('alert is in the archive');
    switch (act) {
      case 'create': {
        // Nobody meets about what is over.
        if (history.document.status === 'RESOLVED' && !possiblyDone) return givenUp('resolved');
        const name = alertChannelName(alertId, raisedSummary(history), state.namesTaken);
        const look = possiblyDone ? { lookSince: state.askedAt } : {};
        const made = await workspace.createChannel({ name, isPrivate: state.isPrivate, ...look });
        return made.ok ? { type: 'done', channelId: made.value } : this.failed(made);
      }
      case 'describe': {
        await this.showIn(state, channelId, history, cause);
        return this.outcomeOf(await workspace.describeChannel(channelId, this.topic(history)));
      }
      case 'invite': {
        const account = userId === undefined ? undefined : configuration.get('user', userId)?.slackAccount;
        if (account?.teamId !== teamId) return givenUp('no linked Slack account');
        return this.outcomeOf(await workspace.invite(channelId, account.userId));
      }
      case 'archive':
        return this.outcomeOf(await workspace.archiveChannel(channelId));
      case 'detach': {
        const { detachedBy: by = { type: 'system', part: 'slack' }, language } = state;
        const text = slackTexts[language].detachedBy(actorName(by, language, configuration));
        const look = possiblyDone ? { lookSince: state.askedAt } : {};
        const told = await workspace.post({
          channelId,
          content: { type: 'text', text },
          key: `alert-channel-${alertId}-detached`,
          ...look,
        });
        return told.ok ? { type: 'done' } : this.failed(told);
      }
    }
  }

  /** The alert's message there goes the way of those in channels that are linked. Again changes nothing. */
  private async showIn(
    { alertId, teamId, language }: AskedChannel,
    channelId: string,
    { events }: AlertHistory,
    cause: Cause,
  ): Promise<void> {
    const { posts, clock } = this.parts;
    const targets = [{ linkId: OWN_CHANNEL, teamId, channelId, language }];
    await posts.change(alertId, { type: 'plan', at: clock.now(), alertId, alertRevision: events.at(-1)?.revision ?? 0, targets }, cause);
  }

  private topic({ document: { id, summary } }: AlertHistory): string {
    const link = `${this.parts.publicUrl}/api/alerts/${id}`;
    return `${link} – ${summary}`;
  }

  private outcomeOf(result: SlackResult<undefined>): AlertChannelOutcome {
    return result.ok ? { type: 'done' } : this.failed(result);
  }

  private failed({ reason, permanent, uncertain, retryAfterMs }: Extract<SlackResult<never>, { ok: false }>): AlertChannelOutcome {
    const jitter = this.parts.random();
    return { type: 'failed', reason, permanent, uncertain, jitter, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
}

const nameOf = (alertId: AlertId): string => `channel of ${alertId}`;

/** The name of a channel is the same for each attempt, whatever the alert is called by then. */
const raisedSummary = ({ events, document }: AlertHistory): string => {
  const raised = events.map(eventOf<AlertEvent>).find((event) => event.type === 'AlertRaised');
  return raised?.type === 'AlertRaised' ? raised.data.summary : document.summary;
};

const givenUp = (reason: string): AlertChannelOutcome => ({ type: 'failed', reason, permanent: true, uncertain: false, jitter: 0 });
