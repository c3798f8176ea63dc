import { instant } from '@tocsin/domain';
import type { AlertId } from '@tocsin/domain';
import { Channel } from './channel';
import type { OutgoingMessage, SendOutcome } from './channel';
import type { PageContent, RenderedMessage } from './message';
import { pageNotes } from './render';
import type { SlackContent, SlackResult, SlackWorkspace } from './slack-workspace';

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
    if (!conversation.ok) return outcomeOf(conversation);
    // A first attempt has nothing to look for: whatever stands there is of other messages.
    const isRepeated = correlation !== undefined && correlation.attempt > 1;
    const posted = await this.workspace.post({
      channelId: conversation.value,
      content: contentOf(message),
      key,
      ...(isRepeated ? { lookSince: THE_NEWEST } : {}),
    });
    return posted.ok ? { type: 'handed-over', receiptExpected: false, reference: posted.value.ts } : outcomeOf(posted);
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

const contentOf = ({ text, page }: RenderedMessage): SlackContent => (page === undefined ? { type: 'text', text } : alertOf(page));

const alertOf = (page: PageContent): SlackContent => {
  const { language, alert, reason, step } = page;
  const { id, priority, summary, details, sourceName, reportTime, links } = alert;
  return {
    type: 'alert',
    language,
    id: id as AlertId,
    status: 'PENDING',
    ...{ priority, summary, sourceName, reportTime, links },
    ...(details === undefined ? {} : { details }),
    standing: [reason, ...pageNotes(page)],
    ...(step === undefined ? {} : { step }),
  };
};

const outcomeOf = ({ reason, permanent, uncertain }: Extract<SlackResult<never>, { ok: false }>): SendOutcome =>
  uncertain ? { type: 'unknown', reason: `Slack: ${reason}` } : { type: 'failed', permanent, reason: `Slack: ${reason}` };
