import type { SlackRequest, SlackWorkspace } from '@tocsin/channels';
import type { SlackRequestMade } from '@tocsin/contracts';
import {
  Clock,
  createSlackLink,
  isDetached,
  mayAnswerAlerts,
  mayEndSlackLink,
  mayLinkSlack,
  OWN_CHANNEL,
  Rejection,
  replaceSlackLink,
} from '@tocsin/domain';
import type { AlertId, SlackLink, User } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore, SecretBox } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { readAlertFromStreams } from '@tocsin/read-models';
import { AlertRaising } from '../alert-raising';
import { Answers, wordsOf } from '../answers';
import { AlertChannels } from './alert-channels';
import { SlackComposer } from './slack-composer';
import { SlackPeople } from './slack-people';
import { SlackPosts } from './slack-posts';
import { slackTexts } from './slack-texts';

type Asked = Extract<SlackRequest, { type: 'answer' | 'reassign' | 'ask-channel' | 'detach-channel' | 'link' | 'raise' | 'test' }>;
type ChannelRequest = Extract<SlackRequest, { type: 'ask-channel' }>;
type TestRequest = Extract<SlackRequest, { type: 'test' }>;
type RaiseRequest = Extract<SlackRequest, { type: 'raise' }>;
type LinkRequest = Extract<SlackRequest, { type: 'link' }>;

export interface SlackActionsParts {
  readonly workspace: SlackWorkspace;
  readonly people: SlackPeople;
  readonly answers: Answers;
  readonly raising: AlertRaising;
  readonly composer: SlackComposer;
  readonly channels: AlertChannels;
  readonly posts: SlackPosts;
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly configurationStore: ConfigurationStore;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** Carries out what was asked for in Slack, as the person who asked, and tells them alone what came of it. */
export class SlackActions {
  constructor(private readonly parts: SlackActionsParts) {}

  /** @throws MessageBusFault, EventStoreFault */
  async carryOut({ sealed }: SlackRequestMade, id: string): Promise<void> {
    const request = JSON.parse(this.parts.secrets.decrypt(sealed)) as SlackRequest;
    switch (request.type) {
      case 'answer':
      case 'reassign':
      case 'ask-channel':
      case 'detach-channel':
      case 'link':
      case 'raise':
      case 'test':
        // That an answer does not get through changes nothing about what was done.
        await this.parts.workspace.answer(request.answerUrl, await this.done(request, id));
        return;
      case 'uninstalled':
        return this.uninstalled(request.teamId, id);
      default:
    }
  }

  private async done(request: Asked, id: string): Promise<string> {
    const { people } = this.parts;
    const user = await people.userOf(request.by);
    if (user === undefined) return slackTexts.en.unlinked(people.linkUrl(request.by));
    if (request.type === 'link') return this.link(request, user, id);
    if (request.type === 'test') return this.test(request, user, id);
    if (request.type === 'raise') return this.raise(request, user, id);
    if (request.type === 'ask-channel') return this.channel(request, user, id);
    if (request.type === 'detach-channel') return this.detach(request.alertId, user, id);
    const view =
      request.type === 'reassign'
        ? await this.parts.answers.give(
            'reassign',
            { alertId: request.alertId, userId: user.id, ...('to' in request ? { to: request.to } : { toPolicy: request.toPolicy }) },
            id,
          )
        : await this.parts.answers.give(
            request.purpose,
            { alertId: request.alertId, userId: user.id, ...('step' in request ? { step: request.step } : {}) },
            id,
          );
    return wordsOf(view);
  }

  /** What is in it is seen by those alone who are invited: whoever asks does not decide for others who else may read it. */
  private async channel({ alertId, by: { teamId } }: ChannelRequest, user: User, id: string): Promise<string> {
    const { language } = user;
    const t = slackTexts[language];
    if (!mayAnswerAlerts(user)) return wordsOf({ type: 'refused', language });
    const history = await readAlertFromStreams(this.parts.eventStore, alertId);
    if (history === undefined) return wordsOf({ type: 'gone', language });
    const { events, document } = history;
    if (document.status === 'RESOLVED') return t.overAlready;
    const asked = {
      alertId,
      teamId,
      language,
      isPrivate: true,
      archives: true,
      by: { type: 'user', userId: user.id },
    } as const;
    const members = [user.id, ...document.responders.map(({ userId }) => userId)];
    const cause = { causationId: id, correlationId: id };
    const state = await this.parts.channels.ask({ ...asked, alertRevision: events.at(-1)?.revision ?? 0, members }, cause);
    if (state.status === 'open' && state.channelId === undefined) return t.channelAsked;
    if (isDetached(state)) return t.channelDetached;
    return 'channelId' in state && state.channelId !== undefined ? t.channelThere : t.channelNotMade;
  }

  /** Whoever comes again after a crash in between ends the message, too. */
  private async detach(alertId: AlertId, user: User, id: string): Promise<string> {
    const { language } = user;
    const t = slackTexts[language];
    if (!mayAnswerAlerts(user)) return wordsOf({ type: 'refused', language });
    const { channels, posts, clock } = this.parts;
    const cause = { causationId: id, correlationId: id };
    const state = await channels.detach(alertId, { type: 'user', userId: user.id }, cause);
    if (!isDetached(state)) return t.noChannel;
    await posts.change(alertId, { type: 'end', at: clock.now(), linkId: OWN_CHANNEL, reason: 'detached' }, cause);
    return t.detached;
  }

  private async raise(request: RaiseRequest, by: User, id: string): Promise<string> {
    const { alertId, sourceId, summary, details, priority } = request;
    const asked = {
      alertId,
      sourceId,
      summary,
      ...(details === undefined ? {} : { details }),
      ...(priority === undefined ? {} : { priority }),
    };
    const t = slackTexts[by.language];
    switch (await this.parts.raising.raise(asked, by, id)) {
      case 'raised':
        return t.raised(alertId);
      case 'taken':
        return t.raising(alertId);
      case 'refused':
        return t.mayNotRaise;
    }
  }

  /** As alerts look in this channel, with nothing to press and nobody paged. */
  private async test({ channelId, by: account }: TestRequest, by: User, id: string): Promise<string> {
    const t = slackTexts[by.language];
    if (!mayLinkSlack(by)) return t.mayNotLink;
    const link = this.parts.configuration.find('slacklink', 'channel', `${account.teamId} ${channelId}`);
    if (link === undefined) return t.notLinked;
    const content = this.parts.composer.test(link, this.sourceNames(link), this.parts.clock.now());
    const shown = await this.parts.workspace.post({ channelId, content, key: `slack-test-${id}` });
    return shown.ok ? t.testShown : t.notShown;
  }

  private async link(request: LinkRequest, by: User, id: string): Promise<string> {
    const t = slackTexts[by.language];
    try {
      const link = await this.linked(request, by, { requestId: id, actor: { type: 'user', userId: by.id } });
      if (link === 'nothing') return t.nothingLinked;
      const who = `${by.firstName} ${by.lastName}`.trim();
      const text = link === 'ended' ? t.channelUnlinked(who) : t.channelLinked(who, this.sourceNames(link));
      const told = await this.parts.workspace.post({
        channelId: request.channelId,
        content: { type: 'text', text },
        key: `slack-link-${id}`,
      });
      return told.ok ? text : t.notInChannel;
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      return t.linkRefused(error.code === 'forbidden' ? t.mayNotLink : error.message);
    }
  }

  private async linked(request: LinkRequest, by: User, context: ChangeContext): Promise<SlackLink | 'ended' | 'nothing'> {
    const { configuration, configurationStore } = this.parts;
    const find = () => configuration.find('slacklink', 'channel', `${request.teamId} ${request.channelId}`);
    const link = await configuration.surely(find);
    const change = (now: SlackLink['updatedAt']) => ({ by, now, configuration });
    if (link === undefined) {
      if (request.sourceIds.length === 0) return 'nothing';
      return configurationStore.create('slacklink', (linkId, now) => createSlackLink(linkId, request, change(now)), context);
    }
    if (request.sourceIds.length === 0 && mayEndSlackLink(link, change(link.updatedAt))) {
      await configurationStore.remove('slacklink', link.id, (current) => void mayEndSlackLink(current, change(current.updatedAt)), context);
      return 'ended';
    }
    return configurationStore.change('slacklink', link.id, (current, now) => replaceSlackLink(current, request, change(now)), context);
  }

  private sourceNames({ sourceIds }: SlackLink): string {
    return sourceIds.map((id) => this.parts.configuration.get('source', id)?.name ?? `#${id}`).join(', ');
  }

  /** The token is of no use any more. With a token set up by hand there is nothing on record. */
  private async uninstalled(teamId: string, requestId: string): Promise<void> {
    const { configuration, configurationStore } = this.parts;
    const installed = configuration.list('slackworkspace').filter((workspace) => workspace.teamId === teamId && workspace.active);
    const context: ChangeContext = { requestId, actor: { type: 'system', part: 'slack' } };
    for (const { id } of installed)
      await configurationStore.change(
        'slackworkspace',
        id,
        (current, now) => ({ ...current, active: false, tokenCipher: '', updatedAt: now }),
        context,
      );
  }
}
