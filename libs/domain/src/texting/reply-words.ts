import { isReplyCode } from './reply-code';
import type { TextPurpose } from './texting-events';

/** What somebody texted back, as far as it can be understood without knowing what was texted to them. */
export type ReplyWords =
  | { readonly type: 'answer'; readonly purpose: TextPurpose; /** Empty: a bare word. */ readonly codes: readonly string[] }
  | { readonly type: 'accept-all' }
  /** Words that belong to the carrier, who acts on them; never an answer. */
  | { readonly type: 'stop' | 'start' | 'help' }
  | { readonly type: 'not-understood' };

const purposes: Readonly<Record<string, TextPurpose>> = {
  '1': 'accept',
  ACK: 'accept',
  ACCEPT: 'accept',
  '2': 'resolve',
  RES: 'resolve',
  RESOLVE: 'resolve',
  '3': 'escalate',
  ESC: 'escalate',
  ESCALATE: 'escalate',
};

const carrierWords: Readonly<Record<string, 'stop' | 'start' | 'help'>> = {
  STOP: 'stop',
  STOPALL: 'stop',
  UNSUBSCRIBE: 'stop',
  CANCEL: 'stop',
  END: 'stop',
  QUIT: 'stop',
  START: 'start',
  UNSTOP: 'start',
  YES: 'start',
  HELP: 'help',
  INFO: 'help',
};

/** Nobody answers more pages than this by name in one text. */
const MOST_CODES = 20;

/** `1`, `ack`, `ACK K7`, `k7 ack`, `RES K7, M3`, `ACK ALL`: case, blanks and what stands between do not matter. */
export const replyWords = (text: string): ReplyWords => {
  const words = text
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const [only] = words;
  if (words.length === 1 && only !== undefined && Object.hasOwn(carrierWords, only)) return { type: carrierWords[only] ?? 'help' };
  const said = words.filter((word) => Object.hasOwn(purposes, word));
  const others = words.filter((word) => !Object.hasOwn(purposes, word));
  const [word] = said;
  const purpose = word === undefined ? undefined : purposes[word];
  if (said.length !== 1 || purpose === undefined) return { type: 'not-understood' };
  if (purpose === 'accept' && others.length === 1 && others[0] === 'ALL') return { type: 'accept-all' };
  return others.length <= MOST_CODES && others.every(isReplyCode)
    ? { type: 'answer', purpose, codes: [...new Set(others)] }
    : { type: 'not-understood' };
};
