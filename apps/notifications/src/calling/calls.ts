import { spokenCode, spokenMessage, spokenPage, spokenPages, spokenTexts } from '@tocsin/channels';
import type { Correlation, Language, PageContent } from '@tocsin/channels';
import { assertNever, Clock, isAnsweredNow, nextInCall, nextInCallOfMany, stoppedBy } from '@tocsin/domain';
import type { AlertEvent, CallId, CallMove, ContactId, Notification, User } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { readAlertFromStreams } from '@tocsin/read-models';
import type { AlertHistory } from '@tocsin/read-models';
import { answerTexts } from '../answer-texts';
import { Answers, wordsOf } from '../answers';
import { Receipts } from '../callbacks/receipts';
import type { MessageComposer, Planned } from '../message-composer';
import { Notifications } from '../notifications';
import { contactOfNumber } from '../texting/contact-of-number';
import { CalledPages, lineHolder } from './called-pages';
import { CallLines } from './call-lines';
import { unreached } from './unreached';

/** Somebody picked up, pressed a key, or pressed none for as long as one was listened for. */
export interface CallMoment {
  readonly call: Correlation;
  readonly provider: string;
  /** The notification that is being told: the call's own, or one that waited for its turn; or the whole bundle. */
  readonly about: string;
  /** How often it was told. */
  readonly told: number;
  readonly isMachine: boolean;
  readonly key?: string;
}

/** What is said, and whether a key is listened for meanwhile; `asks.about` and `asks.told` are those of the next moment. */
export interface CallReply {
  readonly language: Language;
  readonly says: readonly string[];
  readonly asks?: { readonly says: readonly string[]; readonly about: string; readonly told: number };
}

/** A page that is told in a call. */
interface ToldPage {
  readonly stream: string;
  readonly plan: Planned & { readonly alertId: NonNullable<Planned['alertId']> };
  readonly possiblyDuplicate: boolean;
  readonly history: AlertHistory;
}

interface ToldInCall {
  /** All that the call was made for. */
  readonly pages: readonly CallId[];
  readonly page: ToldPage;
}

/** How late a page is said to be counts from here: until somebody has picked up, it is the telephone's time. */
const LATE_FROM_MS = 60_000;

/**
 * What is said in calls, and what keys do (B25). Nothing of a conversation is kept here: where it stands comes with each moment, and
 * whether it still goes on is on record. Each answer goes the way of a link's.
 */
export class Calls {
  constructor(
    private readonly parts: {
      readonly lines: CallLines;
      readonly called: CalledPages;
      readonly notifications: Notifications;
      readonly composer: MessageComposer;
      readonly configuration: ConfigurationReader;
      readonly eventStore: EventStore;
      readonly answers: Answers;
      readonly receipts: Receipts;
      readonly clock: Clock;
      /** Our numbers, which nobody is expected to call (B26). */
      readonly numbers: readonly string[];
    },
  ) {}

  /** @throws EventStoreFault, MessageBusFault */
  async next(moment: CallMoment): Promise<CallReply> {
    const { notifications, configuration, lines, clock } = this.parts;
    const { call, about, told } = moment;
    const pages = await this.parts.called.of(call);
    const [first] = pages;
    const own = first === undefined ? undefined : planOf(await notifications.load(first.notification));
    const user = own === undefined ? undefined : await configuration.surely(() => configuration.get('user', own.userId));
    if (own?.contactId === undefined || own.method !== 'VOICE' || user === undefined) return over('en');
    const line = await lines.load(own.contactId);
    const holder = lineHolder(line, pages);
    if (holder === undefined) return over(user.language);
    const answered = told === 0 ? await lines.change(own.contactId, 'answer', holder) : line;
    if (!isAnsweredNow(answered, holder, clock.now())) return over(user.language);
    const isAboutAll = pages.length > 1 && about === call.stream;
    const state = await notifications.load(isAboutAll ? holder.notification : about);
    const plan = planOf(state);
    if (plan?.contactId !== own.contactId) return over(user.language);
    if (moment.isMachine) await this.tellReceipt(moment, unreached('machine'));
    else if (moment.key !== undefined) await this.tellReceipt(moment, { type: 'delivered' });
    if (plan.alertId === undefined) return this.message(moment, plan, user);
    if (isAboutAll) return this.many(moment, pages, user);
    const page = await this.pageOf(about, state);
    return page === undefined ? over(user.language) : this.page({ ...moment, pages }, page, user);
  }

  /** Somebody calls us (B26). */
  inbound({ from, to }: { readonly from: string; readonly to: string }): Omit<CallReply, 'asks'> {
    const { numbers, configuration } = this.parts;
    const language = contactOfNumber(configuration, from)?.user.language ?? 'en';
    return { language, says: numbers.includes(to) ? [spokenTexts[language].inbound] : [] };
  }

  /** Several alerts, told at once and accepted by one key, or answered one after the other (B29). */
  private async many(moment: CallMoment, pages: readonly CallId[], user: User): Promise<CallReply> {
    const { language, firstName } = user;
    const t = spokenTexts[language];
    const { call, told, isMachine, key } = moment;
    const all = await this.pagesOf(pages);
    const wanted = all.filter(isWanted);
    const [first, last] = [wanted[0], all.at(-1)];
    if (last === undefined) return over(language);
    const goOn = (says: readonly string[]) => this.goOn(says, { pages, page: last }, user);
    if (first === undefined) {
      // Others were faster, after the telephone rang (B9). Whoever picked up has been told.
      await this.tellReceipt(moment, { type: 'delivered' });
      return goOn([...(told === 0 ? [t.greeting(firstName)] : []), t.noneLeft]);
    }
    const contents = wanted.map((page) => this.contentOf(page, user));
    if (isMachine) return { language, says: [...spokenPages(language, contents), t.forMachine] };
    const move = nextInCallOfMany({ told, key });
    switch (move.type) {
      case 'end':
        return { language, says: [bye(user)] };
      case 'accept-all':
        return goOn(await this.acceptAll(wanted, user));
      case 'one-by-one':
        return { language, says: [], asks: asking(first, this.contentOf(first, user), { turn: 1, why: 'repeat' }, user) };
      case 'tell': {
        // What is left of them is told as the page that it is.
        if (wanted.length === 1) return { language, says: [], asks: asking(first, this.contentOf(first, user), move, user) };
        const says = [...before(move.why, user), ...(move.why === 'wrong-key' ? [] : spokenPages(language, contents)), t.keysOfMany];
        return { language, says: [], asks: { says, about: call.stream, told: move.turn } };
      }
      default:
        return assertNever(move);
    }
  }

  /** How many were accepted; and of each other one, what came of it. */
  private async acceptAll(pages: readonly ToldPage[], user: User): Promise<readonly string[]> {
    const t = spokenTexts[user.language];
    const given = await Promise.all(
      pages.map(async (page) => ({ page, words: wordsOf(await this.parts.answers.give('accept', claimsOf(page, user))) })),
    );
    const others = given.filter(({ words }) => words !== answerTexts[user.language].done.accept);
    const accepted = given.length - others.length;
    return [
      ...(accepted === 0 ? [] : [t.acceptedAll(accepted)]),
      ...others.map(({ page, words }) => t.aboutOne(String(page.plan.alertId), words)),
    ];
  }

  private async page(moment: CallMoment & { readonly pages: readonly CallId[] }, page: ToldPage, user: User): Promise<CallReply> {
    const t = spokenTexts[user.language];
    const { told, isMachine, key, pages } = moment;
    const content = this.contentOf(page, user);
    if (isMachine) return { language: user.language, says: [...spokenPage(content), t.forMachine] };
    const move = nextInCall({ told, key, canEscalate: content.answers.escalate !== undefined });
    if (move.type === 'end') return { language: user.language, says: [bye(user)] };
    if (move.type === 'answer') {
      const view = await this.parts.answers.give(move.purpose, claimsOf(page, user));
      return this.goOn([wordsOf(view)], { pages, page }, user);
    }
    if (isWanted(page)) return { language: user.language, says: [], asks: asking(page, content, move, user) };
    // Somebody was faster, after the telephone rang (B9). Whoever picked up has been told.
    await this.tellReceipt(moment, { type: 'delivered' });
    const standing = await this.parts.answers.standing(claimsOf(page, user));
    return this.goOn([t.greeting(user.firstName), ...spokenPage(content), standing ?? t.notForYou], { pages, page }, user);
  }

  /** After a page has been answered: the next one of the call, or that waits for this telephone, in the same call (B29). */
  private async goOn(says: readonly string[], told: ToldInCall, user: User): Promise<CallReply> {
    const next = await this.nextWaiting(told);
    if (next === undefined) return { language: user.language, says: [...says, bye(user)] };
    const t = spokenTexts[user.language];
    const { says: page, ...rest } = asking(next, this.contentOf(next, user), { turn: 1, why: 'repeat' }, user);
    return { language: user.language, says, asks: { says: [t.nextAlert, ...page], ...rest } };
  }

  private async nextWaiting({ pages, page: { stream, plan } }: ToldInCall): Promise<ToldPage | undefined> {
    const { contactId } = plan;
    const place = pages.findIndex(({ notification }) => notification === stream);
    // What had waited for the line is told after all that the call is about.
    const left = place < 0 ? undefined : (await this.pagesOf(pages.slice(place + 1))).find(isWanted);
    if (left !== undefined) return left;
    const { waiting } = await this.parts.lines.load(contactId as ContactId);
    // In their order, each once.
    for (const candidate of waiting.slice(waiting.indexOf(stream) + 1)) {
      const state = await this.parts.notifications.load(candidate);
      if (state.status !== 'held') continue;
      const page = await this.pageOf(candidate, state);
      if (page !== undefined && isWanted(page)) return page;
    }
    return undefined;
  }

  /** What is no page: a test, or a code. Its only question is whether somebody is there. */
  private async message({ call, told, isMachine, key }: CallMoment, plan: Planned, user: User): Promise<CallReply> {
    const { language } = user;
    const t = spokenTexts[language];
    const content = await this.parts.composer.withoutAlert(plan, user);
    if ('stopped' in content) return over(language);
    // A code is for whoever has the telephone, and for no machine.
    const isCode = content.type === 'verification';
    if (isMachine) return { language, says: isCode ? [] : spokenMessage(content) };
    if (key !== undefined) return { language, says: [...(isCode ? spokenCode(content) : [t.thanks]), bye(user)] };
    const move = nextInCall({ told, key, canEscalate: false });
    if (move.type !== 'tell') return { language, says: [bye(user)] };
    const says = isCode ? [t.beforeCode] : [t.greeting(user.firstName), ...spokenMessage(content), t.confirm];
    return { language, says: [], asks: { says, about: call.stream, told: move.turn } };
  }

  private async pagesOf(pages: readonly CallId[]): Promise<readonly ToldPage[]> {
    const found = await Promise.all(
      pages.map(async ({ notification }) => this.pageOf(notification, await this.parts.notifications.load(notification))),
    );
    return found.filter((page) => page !== undefined);
  }

  /** Undefined when it is about no alert, or about one that is in the archive. */
  private async pageOf(stream: string, state: Notification): Promise<ToldPage | undefined> {
    const plan = planOf(state);
    if (plan?.alertId === undefined) return undefined;
    const history = await readAlertFromStreams(this.parts.eventStore, plan.alertId);
    const possiblyDuplicate = 'uncertain' in state && state.uncertain;
    return history === undefined ? undefined : { stream, plan: { ...plan, alertId: plan.alertId }, possiblyDuplicate, history };
  }

  private contentOf({ plan, history, possiblyDuplicate }: ToldPage, user: User): PageContent {
    const lateMs = this.parts.clock.now() - plan.dueAt;
    return this.parts.composer.page(plan, user, history, { lateMs: lateMs < LATE_FROM_MS ? 0 : lateMs, possiblyDuplicate });
  }

  private async tellReceipt({ call, provider }: CallMoment, outcome: Parameters<Receipts['take']>[0][number]['outcome']): Promise<void> {
    await this.parts.receipts.take([{ ...call, provider, outcome }]);
  }
}

const planOf = (state: Notification): Planned | undefined => (state.status === 'absent' ? undefined : state.plan);

const bye = ({ language }: User): string => spokenTexts[language].goodbye;

const over = (language: Language): CallReply => ({ language, says: [spokenTexts[language].over] });

const claimsOf = ({ plan: { alertId, step } }: ToldPage, { id: userId }: User) => ({
  alertId,
  userId,
  ...(step === undefined ? {} : { step }),
});

const isWanted = ({ plan: { userId, alertRevision = 0 }, history: { events } }: ToldPage): boolean =>
  stoppedBy(
    { userId, alertRevision },
    events.map((stored) => ({ revision: stored.revision, event: eventOf<AlertEvent>(stored) })),
  ) === undefined;

/** A page and its keys; all of it is said while a key is listened for. */
const asking = (
  { stream }: ToldPage,
  content: PageContent,
  { turn, why }: Pick<Extract<CallMove, { type: 'tell' }>, 'turn' | 'why'>,
  user: User,
): NonNullable<CallReply['asks']> => {
  const page = why === 'wrong-key' ? [] : spokenPage(content);
  const keys = spokenTexts[user.language].keys(content.answers.escalate !== undefined);
  return { says: [...before(why, user), ...page, keys], about: stream, told: turn };
};

const before = (why: Extract<CallMove, { type: 'tell' }>['why'], { language, firstName }: User): readonly string[] => {
  const t = spokenTexts[language];
  return { first: [t.greeting(firstName)], repeat: [], 'wrong-key': [t.wrongKey], 'no-key': [t.noKey] }[why];
};
