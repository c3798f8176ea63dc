import { Clock, plusMinutes, replyWords } from '@tocsin/domain';
import type { Notification, User } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { hashSecret } from '@tocsin/platform';
import type { Logger } from '@tocsin/platform';
import { ANSWERABLE_MINUTES } from '../answer-links';
import { Answers } from '../answers';
import { Notifications } from '../notifications';

/** An answer to a page, as a provider passes it on. */
export interface IncomingMail {
  readonly from: string;
  /** Its header, one line each. */
  readonly headers: string;
  readonly text: string;
}

type Plan = Extract<Notification, { readonly plan: unknown }>['plan'];

/** What machines say of themselves: an answer of one is nobody's (RFC 3834), and a bounce comes from nowhere. */
const AUTOMATIC =
  /^(?:auto-submitted:[ \t]*(?!no\b)\S|precedence:[ \t]*(?:bulk|junk|list|auto_reply)|x-auto(?:reply|respond):|return-path:[ \t]*<>)/im;

/**
 * Answers by e-mail. The address that it was sent to is the proof of having had the page, and it must come from the person's own
 * address as well. An answer is one word above what it quotes; anything else does nothing. Nothing is mailed back: a mail about a
 * mail is how loops begin, and the timeline has the outcome.
 */
export class MailReplies {
  constructor(
    private readonly parts: {
      readonly notifications: Notifications;
      readonly configuration: ConfigurationReader;
      readonly answers: Answers;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {}

  /** `stream`: of the page that it answers. False when it is not from the person who was paged. @throws EventStoreFault, MessageBusFault */
  async take(stream: string, mail: IncomingMail): Promise<boolean> {
    const { notifications, configuration, log } = this.parts;
    const state = await notifications.load(stream);
    if (!('plan' in state)) return false;
    const { plan } = state;
    const isTheirs = await configuration.surely(() => hasAddress(configuration.get('user', plan.userId), mail.from) || undefined);
    if (isTheirs !== true) return false;
    const outcome = await this.answer(stream, plan, mail);
    log.info({ stream, outcome }, 'reply by e-mail');
    return true;
  }

  private async answer(stream: string, { alertId, userId, step, at }: Plan, { headers, text }: IncomingMail): Promise<string> {
    const { clock, answers } = this.parts;
    if (AUTOMATIC.test(headers)) return 'automatic';
    const words = replyWords(firstLine(text));
    if (words.type !== 'answer' || words.codes.length > 0 || alertId === undefined) return 'not-understood';
    const { purpose } = words;
    // From where would it escalate?
    if (purpose === 'escalate' && step === undefined) return 'not-understood';
    if (clock.now() >= plusMinutes(at, ANSWERABLE_MINUTES)) return 'expired';
    const messageId = /^message-id:\s*(\S+)/im.exec(headers)?.[1] ?? '';
    // The same mail that comes again is the same answer.
    const commandId = `mail-${hashSecret(`${stream} ${purpose} ${messageId}`).slice(0, 32)}`;
    const view = await answers.give(purpose, { alertId, userId, ...(step === undefined ? {} : { step }) }, commandId);
    return view.type === 'outcome' ? purpose : view.type;
  }
}

const hasAddress = (user: User | undefined, from: string): boolean =>
  user?.contacts.some(
    ({ type, target, verified, status }) =>
      type === 'email' && verified && status !== 'LOCKED' && target.toLowerCase() === addressIn(from).toLowerCase(),
  ) === true;

/** `"Lima, Ana" <ana@example.org>`, or the address alone. */
const addressIn = (from: string): string => (/<([^<>]*)>\s*$/.exec(from)?.[1] ?? from).trim();

/** What is quoted is not said. */
const firstLine = (text: string): string => {
  const line = text.split(/\r\n|\n|\r/).find((each) => each.trim() !== '') ?? '';
  return /^\s*>/.test(line) ? '' : line;
};
