import { Clock, OWN_CHANNEL, slackNewsOf, stoppedByFact } from '@tocsin/domain';
import type { AlertEvent, AlertEventOf, AlertId, SlackLink, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { AlertChannels } from './alert-channels';
import { SlackPosts } from './slack-posts';

/** Takes from an alert's facts what its channels are to show. Records only; sending is another's. */
export class SlackFollower {
  constructor(
    private readonly posts: SlackPosts,
    private readonly channels: AlertChannels,
    private readonly configuration: ConfigurationReader,
    private readonly clock: Clock,
  ) {}

  /** Facts of one alert come in order. @throws EventStoreFault, MessageBusFault */
  async follow(fact: AlertEvent, alertRevision: number, cause: Cause): Promise<void> {
    if (fact.type === 'AlertRaised') return this.plan(fact.data, alertRevision, cause);
    await this.channels.follow(fact, alertRevision, cause);
    const news = slackNewsOf(fact);
    if (news === undefined) return;
    const { alertId } = fact.data;
    if ((await this.posts.of(alertId)) === undefined) return;
    const { tells } = news;
    const update =
      tells === undefined
        ? undefined
        : { kind: tells, tells: [OWN_CHANNEL, ...this.links(({ updates }) => updates[tells]).map(({ id }) => id)] };
    const stops = (userId: UserId): boolean => stoppedByFact(userId, fact) !== undefined;
    const command = { type: 'follow', at: this.clock.now(), alertRevision, stops, ...(update === undefined ? {} : { update }) } as const;
    await this.posts.change(alertId, command, cause);
  }

  private async plan({ alertId, sourceId, at }: AlertEventOf<'AlertRaised'>['data'], alertRevision: number, cause: Cause): Promise<void> {
    // What was raised before the channel was linked is no news there; facts may come again much later.
    const look = () => this.links((link) => link.sourceIds.includes(sourceId) && link.createdAt <= at);
    // A link made a moment ago, on another replica, counts.
    const links = (await this.configuration.surely(() => (look().length === 0 ? undefined : look()))) ?? [];
    if (links.length === 0) return;
    const targets = links.map(({ id: linkId, teamId, channelId }) => ({ linkId, teamId, channelId }));
    await this.posts.change(alertId, { type: 'plan', at: this.clock.now(), alertId, alertRevision, targets }, cause);
    await this.planChannel(alertId, alertRevision, links, cause);
  }

  /** The first link that wants one decides what it is like. */
  private async planChannel(alertId: AlertId, alertRevision: number, links: readonly SlackLink[], cause: Cause): Promise<void> {
    const link = links.find(({ ownChannels }) => ownChannels !== undefined);
    if (link?.ownChannels === undefined) return;
    const { teamId, language, ownChannels } = link;
    const by = { type: 'system', part: 'slack' } as const;
    await this.channels.ask({ alertId, by, teamId, language, ...ownChannels, alertRevision, members: [] }, cause);
  }

  private links(isWanted: (link: SlackLink) => boolean): readonly SlackLink[] {
    return this.configuration.list('slacklink').filter(isWanted);
  }
}
