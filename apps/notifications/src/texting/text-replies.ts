import { pageSubject, plainForSms } from '@tocsin/channels';
import { answerablePages, Clock, livePages, replyOf, replyWords } from '@tocsin/domain';
import type { AlertId, TextAnswer, TextedAlert, TextedPage, Texting, User } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { readAlertFromStreams } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { Answers, wordsOf } from '../answers';
import { CarrierStatus } from './carrier-status';
import { contactOfNumber } from './contact-of-number';
import { replyTexts } from './reply-texts';
import { Texts } from './texts';

/** A text message from a telephone, as a provider tells it. */
export interface IncomingText {
  /** The provider's id: the same when it tells it twice. */
  readonly messageId: string;
  /** With its country. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

type Sender = NonNullable<ReturnType<typeof contactOfNumber>>;

/** So many codes are told; more is more than anybody reads on a telephone at night. */
const TOLD = 6;

/**
 * Answers by text message (B24). What a reply means is decided and on record before anything is done; the same reply that comes
 * again does the same. Each answer goes the way of a link's.
 */
export class TextReplies {
  constructor(
    private readonly parts: {
      readonly texts: Texts;
      readonly answers: Answers;
      readonly carrier: CarrierStatus;
      readonly configuration: ConfigurationReader;
      readonly eventStore: EventStore;
      readonly clock: Clock;
      /** Our numbers that replies come to (B26). */
      readonly replyNumbers: readonly string[];
    },
  ) {}

  /** What to say back; undefined: nothing, which is what strangers and other numbers get. @throws EventStoreFault, MessageBusFault */
  async take(incoming: IncomingText): Promise<string | undefined> {
    const { configuration, replyNumbers, carrier } = this.parts;
    if (!replyNumbers.includes(incoming.to)) return undefined;
    const sender = await configuration.surely(() => contactOfNumber(configuration, incoming.from));
    if (sender === undefined) return undefined;
    const words = replyWords(incoming.text);
    switch (words.type) {
      // The carrier has acted on it and has answered.
      case 'stop':
      case 'start':
        await carrier.set(sender.user.id, sender.contactId, words.type === 'stop' ? 'BLACKLISTED' : 'OK');
        return undefined;
      case 'help':
        return undefined;
      default:
        return this.answer(incoming, sender);
    }
  }

  private async answer({ messageId, to, text }: IncomingText, { user, contactId }: Sender): Promise<string> {
    const { texts, clock } = this.parts;
    const before = await texts.load(contactId);
    // Who names codes says which alerts are meant, however many are open.
    const isNamed = namesKnownCodes(text, livePages(before, clock.now()));
    const alerts = isNamed ? new Map<AlertId, AlertDocument>() : await this.alertsOf(before);
    const facts = new Map([...alerts].map(([id, document]) => [id, standing(document, user)]));
    const texting = await texts.reply(contactId, { messageId, sender: to, text, alerts: facts });
    const reply = replyOf(texting, messageId);
    if (reply === undefined) throw new Error('a reply was not recorded');
    if (reply.answers.length > 0) return plainForSms(await this.give(reply.answers, user));
    const t = replyTexts[user.language];
    const open = answerablePages(texting, clock.now(), facts);
    if (open.length === 0) return t.nothingOpen;
    const shown = open.slice(-TOLD).toReversed();
    const lines = shown.flatMap(({ code, alertId }) => {
      const alert = alerts.get(alertId);
      return alert === undefined ? [] : [`${code}: ${short(pageSubject({ language: user.language, alert }))}`];
    });
    const lists = [
      t.unclear[reply.unclear ?? 'not-understood'],
      ...lines,
      ...(open.length > shown.length ? [t.andMore(open.length - shown.length)] : []),
      t.how(shown[0]?.code ?? ''),
    ];
    return plainForSms(lists.join('\n'));
  }

  private async give(answers: readonly TextAnswer[], user: User): Promise<string> {
    const outcomes = await Promise.all(
      answers.map(async ({ purpose, alertId, step }) => {
        const view = await this.parts.answers.give(purpose, { alertId, userId: user.id, ...(step === undefined ? {} : { step }) });
        return `#${alertId} ${wordsOf(view)}`;
      }),
    );
    return outcomes.join('\n');
  }

  private async alertsOf(texting: Texting): Promise<ReadonlyMap<AlertId, AlertDocument>> {
    const ids = new Set(livePages(texting, this.parts.clock.now()).map(({ alertId }) => alertId));
    const found = await Promise.all([...ids].map((id) => readAlertFromStreams(this.parts.eventStore, id)));
    return new Map(found.flatMap((history) => (history === undefined ? [] : [[history.document.id, history.document]])));
  }
}

const namesKnownCodes = (text: string, pages: readonly TextedPage[]): boolean => {
  const words = replyWords(text);
  return words.type === 'answer' && words.codes.length > 0 && words.codes.every((code) => pages.some((page) => page.code === code));
};

const SHORT = 60;
const short = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT - 3)}...` : text);

const standing = (alert: AlertDocument, { id }: User): TextedAlert => {
  const mine = alert.responders.find(({ userId }) => userId === id)?.acceptedAt;
  const isResolved = alert.status === 'RESOLVED';
  const answeredAt = alert.resolvedOn ?? mine;
  return { isUnanswered: !isResolved && mine === undefined, isResolved, ...(answeredAt === undefined ? {} : { answeredAt }) };
};
