import type { SlackChoice, SlackRequest, SlackWorkspace } from '@tocsin/channels';
import { topics } from '@tocsin/contracts';
import type { SlackRequestMade } from '@tocsin/contracts';
import { allSlackUpdates, Clock, mayAnswerAlerts, mayLinkSlack, seesSource } from '@tocsin/domain';
import type { SlackAccount, User } from '@tocsin/domain';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import { hashSecret, SecretBox } from '@tocsin/platform';
import { SlackPeople } from './slack-people';
import { slackTexts } from './slack-texts';

/** What Slack is answered at once: nothing, one person's text, or choices. */
export type AtOnce = { readonly text?: string; readonly body?: unknown };

type Durable = Extract<SlackRequest, { type: 'answer' | 'reassign' | 'link' | 'uninstalled' }>;

const MOST_CHOICES = 100;

export interface SlackIntakeParts {
  readonly workspace: SlackWorkspace;
  readonly people: SlackPeople;
  readonly configuration: ConfigurationReader;
  readonly bus: MessageBus;
  readonly secrets: SecretBox;
  readonly clock: Clock;
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
      case 'link':
        await this.record(request, id);
        return {};
      case 'uninstalled':
        // Slack sends it again under the same id, signed anew.
        await this.record(request, `slack-event-${request.eventId}`);
        return {};
      case 'command':
        return this.command(request);
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

  private async command(request: Extract<SlackRequest, { type: 'command' }>): Promise<AtOnce> {
    const { by, channelId, triggerId, answerUrl } = request;
    const user = await this.parts.people.userOf(by);
    if (user === undefined) return { text: this.unlinked(by) };
    const t = slackTexts[user.language];
    if (request.text !== '') return { text: t.help };
    if (!mayLinkSlack(user)) return { text: t.mayNotLink };
    const { configuration, workspace } = this.parts;
    const link = configuration.find('slacklink', 'channel', `${by.teamId} ${channelId}`);
    const linked = new Set<number>(link?.sourceIds ?? []);
    const opened = await workspace.openDialog(triggerId, {
      type: 'link',
      language: user.language,
      teamId: by.teamId,
      ...{ channelId, answerUrl },
      sources: this.visibleSources(user).filter(({ id }) => linked.has(id)),
      updates: link?.updates ?? allSlackUpdates,
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
    const all = what === 'sources' ? this.visibleSources(user) : this.responders();
    const wanted = typed.trim().toLowerCase();
    return all.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, MOST_CHOICES);
  }

  private visibleSources(user: User): readonly SlackChoice[] {
    const { configuration } = this.parts;
    return configuration
      .list('source')
      .filter((source) => seesSource(user, source, configuration))
      .map(({ id, name }) => ({ id, name }));
  }

  private responders(): readonly SlackChoice[] {
    return this.parts.configuration
      .list('user')
      .filter(mayAnswerAlerts)
      .map(({ id, firstName, lastName }) => ({ id, name: `${firstName} ${lastName}`.trim() }));
  }

  private unlinked(account: SlackAccount): string {
    return slackTexts.en.unlinked(this.parts.people.linkUrl(account));
  }
}
