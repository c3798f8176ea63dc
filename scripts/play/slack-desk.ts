import type { SlackServer, SlackView } from '@tocsin/testing';
import type { Person } from './ready-world.ts';

/** What stood in a dialog when it was sent off, by block and action. */
export type DialogValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What people do in Slack; the fake signs it and sends it to the product. */
export class SlackDesk {
  private readonly slack: SlackServer;
  private readonly closed = new Set<string>();

  constructor(slack: SlackServer) {
    this.slack = slack;
    // What was typed and opened before anybody looked is nobody's business.
    for (const { id } of slack.team.views) this.closed.add(id);
  }

  /** Everything that a person may see there. */
  seenBy({ inSlack }: Person) {
    const { team } = this.slack;
    const channels = [...team.channels.values()].filter(({ directWith }) => directWith === undefined || directWith === inSlack.id);
    const ids = new Set(channels.map(({ id }) => id));
    return {
      channels: channels.map(({ id, name, directWith }) => ({ id, name: directWith === undefined ? `#${name}` : 'Tocsin (direct)' })),
      messages: team.messages
        .filter(({ channel, onlyTo }) => ids.has(channel) && (onlyTo === undefined || onlyTo === inSlack.id))
        .map(({ metadata: _, ...message }) => message),
      dialogs: team.views
        .filter(({ id, openedBy }) => openedBy === inSlack.id && !this.closed.has(id))
        .map(({ id, view }) => ({ id, view })),
    };
  }

  /** `/tocsin oncall`: the first word is the command. Answers with the status of the product's answer. */
  async command({ inSlack }: Person, channelId: string, typed: string): Promise<number> {
    const { team } = this.slack;
    const channel = team.channels.get(channelId);
    if (channel === undefined) return 404;
    const [command = '', ...rest] = typed.trim().split(/\s+/);
    const { status, body } = await this.slack.send(this.slack.command(inSlack, channel, command, rest.join(' ')));
    const text = body === '' ? undefined : (JSON.parse(body) as { readonly text?: string }).text;
    // What a command is answered with Slack shows to whoever typed it.
    if (status === 200 && text !== undefined) team.post({ channel: channelId, text, blocks: [], onlyTo: inSlack.id });
    return status;
  }

  async press(
    { inSlack }: Person,
    { channel, ts, action }: { readonly channel: string; readonly ts: string; readonly action: string },
  ): Promise<number> {
    const message = this.slack.team.find(channel, ts);
    return message === undefined ? 404 : (await this.slack.send(this.slack.press(inSlack, message, action))).status;
  }

  /** What the product finds wrong with it, by block; nothing when it is taken. */
  async submit({ inSlack }: Person, id: string, values: DialogValues): Promise<{ readonly status: number; readonly errors?: unknown }> {
    const view = this.open(id);
    if (view === undefined) return { status: 404 };
    const { status, body } = await this.slack.send(this.slack.submit(inSlack, view, values));
    const answered = body === '' ? {} : (JSON.parse(body) as { readonly response_action?: string; readonly errors?: unknown });
    if (answered.response_action === 'errors') return { status, errors: answered.errors };
    if (status === 200) this.close(id);
    return { status };
  }

  async choices({ inSlack }: Person, id: string, about: { readonly block: string; readonly action: string; readonly typed: string }) {
    const view = this.open(id);
    if (view === undefined) return [];
    const options = await this.slack.suggestions(inSlack, view, about.block, about.action, about.typed);
    return options.map(({ text, value }) => ({ text: text.text, value }));
  }

  close(id: string): void {
    this.closed.add(id);
  }

  private open(id: string): SlackView | undefined {
    return this.closed.has(id) ? undefined : this.slack.team.views.find((view) => view.id === id);
  }
}
