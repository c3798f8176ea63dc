import type { ActionCall, ActionFailureReason, ActionOutcome, SlackChannels } from '@tocsin/alert-actions';
import type { SlackMessagePlace, SlackResult } from '@tocsin/channels';
import { instant } from '@tocsin/domain';
import type { AlertId, Instant } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { readAlertFromStreams } from '@tocsin/read-models';
import type { SlackBasics } from '../slack/slack-basics';

/** As other systems are told. */
const LANGUAGE = 'en';

/** Alerts in channels that actions choose, within what Slack takes from us altogether. `slack`: absent when it is off. */
export class ActionSlack implements SlackChannels {
  constructor(
    private readonly slack: SlackBasics | undefined,
    private readonly eventStore: EventStore,
  ) {}

  get isSetUp(): boolean {
    return this.slack !== undefined;
  }

  async team(): Promise<string | undefined> {
    return this.slack?.team.id();
  }

  roomFor(channelId: string, { deliveryId, reference }: Pick<ActionCall, 'deliveryId' | 'reference'>, now: Instant): Instant {
    if (this.slack === undefined) return now;
    const { budget } = this.slack;
    const place = placeIn(reference);
    if (place === undefined) return budget.placeFor(nameOf(deliveryId), 'post', channelId, now);
    const edit = budget.placeFor(`${nameOf(deliveryId)} edit`, 'edit', place.channelId, now);
    return instant(Math.max(edit, budget.placeFor(nameOf(deliveryId), 'update', place.channelId, now)));
  }

  /** What the message shows is the alert as it is now: buttons for what was would be of no use. */
  async show(channelId: string, call: ActionCall): Promise<ActionOutcome> {
    const { alert, deliveryId, reference, possiblyDone } = call;
    const history = this.slack === undefined ? undefined : await readAlertFromStreams(this.eventStore, alert.id as AlertId);
    if (this.slack === undefined || history === undefined)
      return { type: 'failed', reason: 'misconfigured', retriable: false, uncertain: false };
    const { workspace, composer, budget } = this.slack;
    for (const name of [nameOf(deliveryId), `${nameOf(deliveryId)} edit`]) budget.used(name);
    const message = { key: nameOf(deliveryId), ...(possiblyDone ? { lookSince: alert.reportTime } : {}) };
    const place = placeIn(reference);
    if (place !== undefined) {
      const edited = await workspace.edit(place, composer.alert(history, LANGUAGE));
      if (edited.ok) {
        const text = composer.news(call.trigger, history, call.alertRevision, LANGUAGE);
        if (text === undefined) return done(place);
        const told = await workspace.post({ ...message, channelId: place.channelId, threadTs: place.ts, content: { type: 'text', text } });
        return told.ok ? done(place) : outcomeOf(told);
      }
      // Somebody removed the message: it is written anew.
      if (edited.reason !== 'message_not_found') return outcomeOf(edited);
    }
    const posted = await workspace.post({ ...message, channelId, content: composer.alert(history, LANGUAGE) });
    return posted.ok ? done(posted.value) : outcomeOf(posted);
  }
}

const nameOf = (deliveryId: string): string => `action-${deliveryId}`;

const done = ({ channelId, ts }: SlackMessagePlace): ActionOutcome => ({ type: 'done', reference: `${channelId}/${ts}` });

const placeIn = (reference: string | undefined): SlackMessagePlace | undefined => {
  const [channelId, ts] = reference?.split('/') ?? [];
  return channelId === undefined || ts === undefined ? undefined : { channelId, ts };
};

type Failed = Extract<SlackResult<never>, { ok: false }>;

/** Slack's own word goes to whoever may see answers. */
const outcomeOf = (failed: Failed): ActionOutcome => {
  const { reason: excerpt, permanent, uncertain, retryAfterMs } = failed;
  return {
    type: 'failed',
    reason: reasonOf(failed),
    retriable: !permanent,
    uncertain,
    excerpt,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
};

const reasons: Readonly<Record<string, ActionFailureReason>> = {
  ratelimited: 'overloaded',
  timeout: 'timeout',
  connection_broken: 'connection-lost',
  not_reached: 'unreachable',
  not_installed: 'unauthorised',
  not_authed: 'unauthorised',
  invalid_auth: 'unauthorised',
  account_inactive: 'unauthorised',
  token_revoked: 'unauthorised',
  missing_scope: 'unauthorised',
};

const reasonOf = ({ reason, uncertain }: Failed): ActionFailureReason => reasons[reason] ?? (uncertain ? 'server-error' : 'rejected');
