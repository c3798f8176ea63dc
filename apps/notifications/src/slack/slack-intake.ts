import type { SlackChoice, SlackRequest, SlackWorkspace } from '@tocsin/channels';
import { topics } from '@tocsin/contracts';
import type { SlackRequestMade } from '@tocsin/contracts';
import { allSlackUpdates, Clock, mayAnswerAlerts, mayLinkSlack } from '@tocsin/domain';
import type { AlertId, SlackAccount, SlackLink, User } from '@tocsin/domain';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import type { SeenConfiguration } from '@tocsin/messaging';
import { hashSecret, IdAllocator, SecretBox } from '@tocsin/platform';
import { dutiesText } from './slack-duties';
import { SlackPeople } from './slack-people';
import { slackTexts } from './slack-texts';

/** What Slack is answered at once: nothing, one person's text, or choices. */
export type AtOnce = { readonly text?: string; readonly body?: unknown };

type Durable = Extract<
  SlackRequest,
  { type: 'answer' | 'reassign' | 'ask-channel' | 'detach-channel' | 'link' | 'test' | 'raise' | 'uninstalled' }
>;
type Command = Extract<SlackRequest, { type: 'command' }>;

/** ilert's own names for what can stand behind the command. */
const shortcuts: Readonly<Record<string, string>> = { 'il-alert': 'alert', 'il-oncall': 'oncall' };

const MOST_CHOICES = 100;
/** People leave room for so many policies, which stand behind them. */
const MOST_POLICIES = 30;

export interface SlackIntakeParts {
  readonly workspace: SlackWorkspace;
  readonly people: SlackPeople;
  readonly configuration: ConfigurationReader;
  readonly bus: MessageBus;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly ids: IdAllocator;
}

/**
 * What Slack is answered within its three seconds. What changes something is durable by then and acted on after; a dialog is
 * opened while its trigger lasts; choices come from memory.
 */
export class SlackIntake {
  constructor(private readonly parts: SlackIntakeParts) {}

  /** `id`: the same for the same call-back. @throws MessageBusFault */
  async take(request: SlackRequest, id: string): Promise<AtOnce> {
    switch (request.type) {
      case 'answer':
      case 'reassign':
      case 'ask-channel':
      case 'detach-channel':
      case 'link':
      case 'test':
      case 'raise':
        await this.record(request, id);
        return {};
      case 'uninstalled':
        // Slack sends it again under the same id, signed anew.
        await this.record(request, `slack-event-${request.eventId}`);
        return {};
      case 'command':
        return this.command(request, id);
      case 'ask-reassign':
        return this.askReassign(request);
      case 'suggest':
        return { body: this.parts.workspace.suggestions(await this.choices(request)) };
      case 'challenge':
        return { body: { challenge: request.challenge } };
      case 'other':
        return {};
    }
  }

  private async record(request: Durable, id: string): Promise<void> {
    const { bus, secrets, clock } = this.parts;
    const data: SlackRequestMade = { sealed: secrets.encrypt(JSON.stringify(request)) };
    const who = request.type === 'uninstalled' ? request.teamId : `${request.by.teamId} ${request.by.userId}`;
    await bus.publish(topics.notificationCommands, [
      {
        id,
        // One person's requests stay in order, and nobody reads from the bus who that is.
        key: `slack-${hashSecret(who).slice(0, 16)}`,
        type: 'SlackRequestMade',
        schemaVersion: 1,
        time: clock.now(),
        correlationId: id,
        causationId: id,
        data,
      },
    ]);
  }

  private async command(request: Command, id: string): Promise<AtOnce> {
    const { by, channelId, answerUrl } = request;
    const user = await this.parts.people.userOf(by);
    if (user === undefined) return { text: this.unlinked(by) };
    const t = slackTexts[user.language];
    const [word = '', ...rest] = [shortcuts[request.name] ?? '', request.text].join(' ').trim().split(/\s+/);
    switch (word.toLowerCase()) {
      case '':
        return this.askLink(request, user);
      case 'oncall':
        return { text: dutiesText(user, this.parts.configuration, this.parts.clock.now()) };
      case 'alert':
        return this.askRaise(request, user, rest.join(' '));
      case 'test':
        await this.record({ type: 'test', by, channelId, answerUrl }, id);
        return {};
      default:
        return { text: t.help };
    }
  }

  private async askRaise({ channelId, triggerId, answerUrl, by }: Command, user: User, summary: string): Promise<AtOnce> {
    const t = slackTexts[user.language];
    if (!mayAnswerAlerts(user)) return { text: t.notAllowed };
    const link = this.linkOf(by, channelId);
    const source = this.visibleSources(user).find(({ id }) => link?.sourceIds.some((linked) => linked === id));
    const alertId = (await this.parts.ids.next('alert')) as AlertId;
    const opened = await this.parts.workspace.openDialog(triggerId, {
      ...{ type: 'raise', language: user.language, alertId, channelId, answerUrl, summary },
      ...(source === undefined ? {} : { source }),
    });
    return opened.ok ? {} : { text: t.dialogFailed };
  }

  private linkOf({ teamId }: SlackAccount, channelId: string): SlackLink | undefined {
    return this.parts.configuration.find('slacklink', 'channel', `${teamId} ${channelId}`);
  }

  private async askLink({ by, channelId, triggerId, answerUrl }: Command, user: User): Promise<AtOnce> {
    const t = slackTexts[user.language];
    if (!mayLinkSlack(user)) return { text: t.mayNotLink };
    const { workspace } = this.parts;
    const link = this.linkOf(by, channelId);
    const linked = new Set<number>(link?.sourceIds ?? []);
    const opened = await workspace.openDialog(triggerId, {
      type: 'link',
      language: user.language,
      teamId: by.teamId,
      ...{ channelId, answerUrl },
      sources: this.visibleSources(user).filter(({ id }) => linked.has(id)),
      updates: link?.updates ?? allSlackUpdates,
      ...(link?.ownChannels === undefined ? {} : { ownChannels: link.ownChannels }),
    });
    return opened.ok ? {} : { text: t.dialogFailed };
  }

  private async askReassign({ by, alertId, triggerId, answerUrl }: Extract<SlackRequest, { type: 'ask-reassign' }>): Promise<AtOnce> {
    const { people, workspace } = this.parts;
    const user = await people.userOf(by);
    if (user === undefined || !mayAnswerAlerts(user)) {
      // A button's answer is read by nobody: what one person is told goes another way.
      await workspace.answer(answerUrl, user === undefined ? this.unlinked(by) : slackTexts[user.language].notAllowed);
      return {};
    }
    const opened = await workspace.openDialog(triggerId, { type: 'reassign', language: user.language, alertId, answerUrl });
    if (!opened.ok) await workspace.answer(answerUrl, slackTexts[user.language].dialogFailed);
    return {};
  }

  private async choices({ by, what, typed }: Extract<SlackRequest, { type: 'suggest' }>): Promise<readonly SlackChoice[]> {
    const user = this.parts.configuration.find('user', 'slackAccount', `${by.teamId} ${by.userId}`);
    // Nobody who is not known here learns what there is.
    if (user === undefined) return [];
    const wanted = typed.trim().toLowerCase();
    const fitting = (all: readonly SlackChoice[]) => all.filter(({ name }) => name.toLowerCase().includes(wanted));
    if (what === 'sources') return fitting(this.visibleSources(user)).slice(0, MOST_CHOICES);
    const policies = fitting(this.policies(user)).slice(0, MOST_POLICIES);
    return [...fitting(this.responders(user)).slice(0, MOST_CHOICES - policies.length), ...policies];
  }

  private policies(user: User): readonly SlackChoice[] {
    const t = slackTexts[user.language];
    return this.seenBy(user)
      .list('policy')
      .map(({ id, name }) => ({ id, name: t.policy(name), isPolicy: true }));
  }

  private visibleSources(user: User): readonly SlackChoice[] {
    return this.seenBy(user)
      .list('source')
      .map(({ id, name }) => ({ id, name }));
  }

  private responders(user: User): readonly SlackChoice[] {
    return this.seenBy(user)
      .list('user')
      .filter(mayAnswerAlerts)
      .map(({ id, firstName, lastName }) => ({ id, name: `${firstName} ${lastName}`.trim() }));
  }

  private seenBy({ id, role }: User): SeenConfiguration {
    return this.parts.configuration.seenBy({ userId: id, role });
  }

  private unlinked(account: SlackAccount): string {
    return slackTexts.en.unlinked(this.parts.people.linkUrl(account));
  }
}
