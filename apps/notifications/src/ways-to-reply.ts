import type { Channel } from '@tocsin/channels';
import type { NotificationMethod, Recipient } from '@tocsin/domain';
import { newUuid } from '@tocsin/platform';
import type { ReplyAddresses } from './mail-replies/reply-addresses';
import type { AttemptNotes, Planned } from './message-composer';
import type { Texts } from './texting/texts';

export interface WaysToReplyParts {
  readonly texts: Texts;
  /** Absent: nobody passes on answers by e-mail. */
  readonly replyAddresses?: ReplyAddresses;
  channelsFor(method: NotificationMethod): readonly Channel[];
}

/** How a page is answered by a message that comes back. */
export class WaysToReply {
  constructor(private readonly parts: WaysToReplyParts) {}

  /** Where an answer to an e-mail goes. */
  byMail(stream: string, { method, alertId, purpose }: Planned): { readonly replyTo?: string } {
    const replyTo = method === 'EMAIL' && isPage(purpose) && alertId !== undefined ? this.parts.replyAddresses?.of(stream) : undefined;
    return replyTo === undefined ? {} : { replyTo };
  }

  /** Whether it may be told in the text that an answer to it arrives. */
  isToldByMail(stream: string, plan: Planned): boolean {
    return this.byMail(stream, plan).replyTo !== undefined && this.parts.replyAddresses?.isKnownToLeadHere === true;
  }

  /**
   * Under which code a text message is answered, and where to when it is not where it comes from. Before the alert is read: only
   * the provider is called after that.
   */
  async byText(
    stream: string,
    { method, purpose, alertId, contactId, step }: Planned,
    { channel, recipient }: { readonly channel: Channel; readonly recipient: Recipient },
  ): Promise<AttemptNotes['reply']> {
    if (method !== 'SMS' || !isPage(purpose) || alertId === undefined || contactId === undefined) return undefined;
    const sender = channel.senderTo(recipient.target);
    // Any of our numbers will do: a code is one of the contact, not of the number.
    const to =
      sender === undefined
        ? this.parts
            .channelsFor(method)
            .map((other) => other.senderTo(recipient.target))
            .find(isThere)
        : undefined;
    if (sender === undefined && to === undefined) return undefined;
    const page = { contactId, notification: stream, alertId, ...(step === undefined ? {} : { step }), sender };
    // Several pages of one message are texted to the same contact: each is a cause of its own.
    const code = await this.parts.texts.codeFor(page, { causationId: newUuid(), correlationId: stream });
    return { code, ...(to === undefined ? {} : { to }) };
  }
}

/** What asks for an answer. */
const isPage = (purpose: Planned['purpose']): boolean => purpose === 'page' || purpose === 'fallback';

const isThere = (number: string | undefined): number is string => number !== undefined;
