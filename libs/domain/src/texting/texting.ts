import type { EscalationStep } from '../alert/alert-events';
import { assertNever, passedOver, type Decider } from '../decider';
import type { AlertId } from '../ids';
import { plusMs, type Instant } from '../time';
import { nextReplyCode } from './reply-code';
import { replyWords } from './reply-words';
import type { TextAnswer, TextPurpose, TextingEvent, WhyUnclear } from './texting-events';

/** A code is not used again for so long after it was last texted, and so long it is understood. */
const CODE_LIFE_MS = 7 * 86_400_000;
/** So long after a text about something else, somebody may still be answering what they read before. */
const CROSSING_MS = 120_000;

export interface TextedPage {
  readonly code: string;
  readonly notification: string;
  readonly alertId: AlertId;
  readonly step?: EscalationStep;
  /** When it was last texted. */
  readonly at: Instant;
  readonly senders: readonly (string | null)[];
}

interface Reply {
  readonly messageId: string;
  readonly at: Instant;
  readonly answers: readonly TextAnswer[];
  readonly unclear?: WhyUnclear;
}

/** Of one contact, as far as it still matters. */
export interface Texting {
  readonly issued: number;
  /** Oldest first. */
  readonly pages: readonly TextedPage[];
  readonly replies: readonly Reply[];
}

/** How an alert that was texted stands to the person. */
export interface TextedAlert {
  /** Neither resolved nor accepted by them. */
  readonly isUnanswered: boolean;
  readonly isResolved: boolean;
  /** When it was. */
  readonly answeredAt?: Instant;
}

export type TextingCommand =
  | {
      readonly type: 'text';
      readonly at: Instant;
      readonly notification: string;
      readonly alertId: AlertId;
      readonly step?: EscalationStep;
      readonly sender: string | null;
    }
  | {
      readonly type: 'reply';
      readonly at: Instant;
      readonly messageId: string;
      /** Our number that it was sent to. */
      readonly sender: string;
      readonly text: string;
      /** Of all alerts whose pages were texted to this contact. */
      readonly alerts: ReadonlyMap<AlertId, TextedAlert>;
    };

type Command<Type extends TextingCommand['type']> = Extract<TextingCommand, { type: Type }>;

const text = ({ at, notification, alertId, step, sender }: Command<'text'>, state: Texting): readonly TextingEvent[] => {
  const known = state.pages.find((page) => page.notification === notification);
  if (known !== undefined && known.senders.includes(sender) && known.at >= at) return [];
  const code = known?.code ?? nextReplyCode(state.issued, new Set(livePages(state, at).map((page) => page.code)));
  return [{ type: 'PageTexted', data: { at, code, notification, alertId, ...(step === undefined ? {} : { step }), sender } }];
};

const reply = (command: Command<'reply'>, state: Texting): readonly TextingEvent[] => {
  const { at, messageId } = command;
  if (state.replies.some((before) => before.messageId === messageId)) return [];
  const meant = meaning(command, livePages(state, at));
  return [
    {
      type: 'ReplyReceived',
      data: typeof meant === 'string' ? { at, messageId, answers: [], unclear: meant } : { at, messageId, answers: meant },
    },
  ];
};

/** What a reply does, or why it does nothing (B24). */
const meaning = (command: Command<'reply'>, pages: readonly TextedPage[]): readonly TextAnswer[] | WhyUnclear => {
  const words = replyWords(command.text);
  const isOpen = ({ alertId }: TextedPage): boolean => command.alerts.get(alertId)?.isUnanswered === true;
  switch (words.type) {
    case 'accept-all': {
      const open = newestOfEach(pages.filter(isOpen));
      return open.length > 0 ? open.map((page) => answer('accept', page)) : 'nothing-open';
    }
    case 'answer': {
      if (words.codes.length === 0) return bare(words.purpose, command, pages);
      const named = words.codes.map((code) => pages.findLast((page) => page.code === code));
      // One that is not known may be a slip in any of them: nothing is done by halves.
      return named.every((page) => page !== undefined) ? named.map((page) => answer(words.purpose, page)) : 'unknown-code';
    }
    default:
      return 'not-understood';
  }
};

/**
 * A bare word means the one alert that is unanswered, when it could mean no other: none that was texted to this pair of numbers
 * within two minutes, and none that was still unanswered then. Whoever types does not see the text that arrives meanwhile.
 */
const bare = (
  purpose: TextPurpose,
  { at, sender, alerts }: Command<'reply'>,
  all: readonly TextedPage[],
): readonly TextAnswer[] | WhyUnclear => {
  const pages = newestOfEach(all.filter(({ senders }) => senders.includes(sender)));
  const crossing = plusMs(at, -CROSSING_MS);
  const couldBeMeant = pages.filter(({ alertId, at: textedAt }) => {
    const alert = alerts.get(alertId);
    return alert?.isUnanswered === true || textedAt > crossing || (alert?.answeredAt ?? 0) > crossing;
  });
  const [only, ...more] = couldBeMeant;
  if (only === undefined) return 'nothing-open';
  return more.length === 0 && alerts.get(only.alertId)?.isUnanswered === true ? [answer(purpose, only)] : 'which';
};

const answer = (purpose: TextPurpose, { alertId, step, code }: TextedPage): TextAnswer => ({
  purpose,
  alertId,
  ...(step === undefined ? {} : { step }),
  code,
});

const newestOfEach = (pages: readonly TextedPage[]): readonly TextedPage[] => [
  ...new Map(pages.map((page) => [page.alertId, page])).values(),
];

/** Whose codes are still understood. */
export const livePages = ({ pages }: Texting, at: Instant): readonly TextedPage[] => pages.filter((page) => at - page.at < CODE_LIFE_MS);

/** The newest code of each alert that is not resolved, to tell what can be answered; newest last. */
export const answerablePages = (state: Texting, at: Instant, alerts: ReadonlyMap<AlertId, TextedAlert>): readonly TextedPage[] => {
  const left = newestOfEach(livePages(state, at).filter(({ alertId }) => alerts.get(alertId)?.isResolved === false));
  const unanswered = left.filter(({ alertId }) => alerts.get(alertId)?.isUnanswered === true);
  return unanswered.length > 0 ? unanswered : left;
};

export const replyOf = ({ replies }: Texting, messageId: string): Reply | undefined =>
  replies.find((before) => before.messageId === messageId);

const evolve = (state: Texting, event: TextingEvent): Texting => {
  switch (event.type) {
    case 'PageTexted': {
      const { sender, ...page } = event.data;
      const before = state.pages.find(({ notification }) => notification === page.notification);
      const others = livePages(state, page.at).filter((other) => other !== before);
      return {
        ...state,
        issued: state.issued + (before === undefined ? 1 : 0),
        pages: [...others, { ...page, senders: [...new Set([...(before?.senders ?? []), sender])] }],
      };
    }
    case 'ReplyReceived': {
      const fresh = state.replies.filter(({ at }) => event.data.at - at < CODE_LIFE_MS);
      return { ...state, replies: [...fresh, event.data] };
    }
    default:
      return passedOver(event, state);
  }
};

/** What was texted to one contact, and what their replies mean: decided once for each reply. */
export const textingDecider: Decider<TextingCommand, Texting, TextingEvent> = {
  initial: { issued: 0, pages: [], replies: [] },
  decide: (command, state) => {
    switch (command.type) {
      case 'text':
        return text(command, state);
      case 'reply':
        return reply(command, state);
      default:
        return assertNever(command);
    }
  },
  evolve,
};
