import { instant } from '@tocsin/domain';
import { outcomeOfCall } from './call-result';
import { Channel } from './channel';
import type { OutgoingMessage, SendOutcome } from './channel';
import { LimitedChannel } from './limited.channel';
import { ProviderBudget } from './provider-budget';
import { shownMessage } from './shown-alert';
import { SLACK_PAGES_AT_ONCE } from './slack/settings';
import type { SlackResult, SlackWorkspace } from './slack-workspace';

const MOST_KNOWN = 10_000;
const THE_NEWEST = instant(0);

/** Pages as direct messages in Slack, to the account that the person has linked, with buttons to answer them there. */
export class SlackDirectChannel extends Channel {
  readonly method = 'SLACK';
  readonly provider = 'slack';
  private readonly conversations = new Map<string, string>();

  constructor(private readonly workspace: SlackWorkspace) {
    super();
  }

  async send({ target, message, key, correlation }: OutgoingMessage): Promise<SendOutcome> {
    const conversation = await this.conversationWith(target);
    if (!conversation.ok) return outcomeOfCall('Slack', conversation);
    // A first attempt has nothing to look for: whatever stands there is of other messages.
    const isRepeated = correlation !== undefined && correlation.attempt > 1;
    const posted = await this.workspace.post({
      channelId: conversation.value,
      content: shownMessage(message),
      key,
      ...(isRepeated ? { lookSince: THE_NEWEST } : {}),
    });
    return posted.ok
      ? { type: 'handed-over', receiptExpected: false, reference: `${posted.value.channelId}/${posted.value.ts}` }
      : outcomeOfCall('Slack', posted);
  }

  async close(): Promise<void> {}

  private async conversationWith(userId: string): Promise<SlackResult<string>> {
    const known = this.conversations.get(userId);
    if (known !== undefined) return { ok: true, value: known };
    const opened = await this.workspace.direct(userId);
    if (opened.ok) {
      if (this.conversations.size >= MOST_KNOWN) this.conversations.clear();
      this.conversations.set(userId, opened.value);
    }
    return opened;
  }
}

/** Pages in a workspace, no more at once than are set for it. */
export const slackPages = (workspace: SlackWorkspace): Channel =>
  new LimitedChannel(new SlackDirectChannel(workspace), new ProviderBudget(SLACK_PAGES_AT_ONCE), { ofOnePlace: true });
