import { setTimeout as delay } from 'node:timers/promises';
import { Channel, LONGEST_ROOM_WAIT_MS } from '@tocsin/channels';
import type { Destination, OutgoingMessage, Room, SendOutcome } from '@tocsin/channels';
import { Clock, linkOfPage, stoppedBy } from '@tocsin/domain';
import type { AlertEvent } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { newUuid } from '@tocsin/platform';
import { readAlertFromItsStream } from '@tocsin/read-models';
import { Notifications } from '../notifications';
import type { SlackBudget } from './slack-budget';
import { SlackPosts } from './slack-posts';

export interface KeptPagesParts {
  readonly direct: Channel;
  readonly notifications: Notifications;
  readonly posts: SlackPosts;
  readonly budget: SlackBudget;
  readonly eventStore: EventStore;
  readonly clock: Clock;
}

/**
 * Pages by direct message of which it is on record where they stand, so that they are put right when somebody else answers. On
 * record before the attempt is said to have come to its end: after a crash in between, the repeated attempt finds its message.
 */
export class KeptPagesChannel extends Channel {
  readonly method = 'SLACK';
  readonly provider: string;

  constructor(private readonly parts: KeptPagesParts) {
    super();
    this.provider = parts.direct.provider;
  }

  /** Pages have a share of what Slack takes for themselves: whatever else waits for it, they do not wait for that. */
  override async room(to: Destination, noLonger?: AbortSignal): Promise<Room | undefined> {
    const { budget, clock, direct } = this.parts;
    const now = clock.now();
    const at = budget.pageWithin(LONGEST_ROOM_WAIT_MS, now);
    if (at === undefined || !(await isThere(at - now, noLonger))) return undefined;
    return direct.room(to, noLonger);
  }

  async send(message: OutgoingMessage, room?: Room): Promise<SendOutcome> {
    const outcome = await this.parts.direct.send(message, room);
    if (outcome.type === 'handed-over' && message.correlation !== undefined && message.message.page !== undefined)
      await this.keep(message.correlation.stream, outcome.reference);
    return outcome;
  }

  close(): Promise<void> {
    return this.parts.direct.close();
  }

  private async keep(stream: string, reference = ''): Promise<void> {
    const { notifications, posts, eventStore, clock } = this.parts;
    const [channelId, ts] = reference.split('/');
    const state = await notifications.load(stream);
    if (channelId === undefined || ts === undefined || !('plan' in state) || state.plan.alertId === undefined) return;
    const { alertId, userId, notificationId, alertRevision = 0 } = state.plan;
    const history = await readAlertFromItsStream(eventStore, alertId);
    const facts = history?.events.map((stored) => ({ revision: stored.revision, event: eventOf<AlertEvent>(stored) })) ?? [];
    const isOvertaken = stoppedBy({ userId, alertRevision }, facts) !== undefined;
    const page = { alertId, linkId: linkOfPage(notificationId), userId, channelId, ts, alertRevision, isOvertaken };
    const causationId = newUuid();
    await posts.change(alertId, { type: 'keepPage', at: clock.now(), ...page }, { causationId, correlationId: stream });
  }
}

/** Whether the time has come before it was called off. */
const isThere = async (inMs: number, noLonger: AbortSignal | undefined): Promise<boolean> => {
  if (inMs <= 0) return true;
  return delay(inMs, true, noLonger === undefined ? {} : { signal: noLonger }).catch(() => false);
};
