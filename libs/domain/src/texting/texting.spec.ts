import type { AlertId } from '../ids';
import { fold } from '../decider';
import { instant, plusMs, type Instant } from '../time';
import { isReplyCode, nextReplyCode } from './reply-code';
import { replyWords } from './reply-words';
import { answerablePages, textingDecider, type TextedAlert, type Texting, type TextingCommand } from './texting';

const begin = instant(1_772_420_400_000);
const minute = (minutes: number): Instant => plusMs(begin, minutes * 60_000);
const OURS = '+4930555001';
const day = 1_440;

const step = { round: 1, pass: 1, level: 0 };
const texts = (
  alertId: number,
  at: number,
  sender: string | null = OURS,
  notification = `notification-${alertId}-1-8`,
): TextingCommand => ({
  type: 'text',
  at: minute(at),
  notification,
  alertId: alertId as AlertId,
  step,
  sender,
});

const texted = (...commands: readonly TextingCommand[]): Texting =>
  commands.reduce<Texting>((state, command) => fold(textingDecider, textingDecider.decide(command, state), state), textingDecider.initial);
const codeOf = (state: Texting, alertId: number): string => state.pages.findLast((page) => page.alertId === alertId)?.code ?? 'none';

const open: TextedAlert = { isUnanswered: true, isResolved: false };
const resolvedAt = (at: number): TextedAlert => ({ isUnanswered: false, isResolved: true, answeredAt: minute(at) });
const acceptedAt = (at: number): TextedAlert => ({ isUnanswered: false, isResolved: false, answeredAt: minute(at) });

const replying = (
  text: string,
  at: number,
  alerts: Readonly<Record<number, TextedAlert>>,
  changes: Partial<Extract<TextingCommand, { type: 'reply' }>> = {},
): TextingCommand => ({
  type: 'reply',
  at: minute(at),
  messageId: `SM-${text}-${at}`,
  sender: OURS,
  text,
  alerts: new Map(Object.entries(alerts).map(([id, alert]) => [Number(id) as AlertId, alert])),
  ...changes,
});
/** `accept 1, accept 2`, or why nothing is done. */
const meant = (state: Texting, command: TextingCommand): string => {
  const [event] = textingDecider.decide(command, state);
  if (event?.type !== 'ReplyReceived') return 'nothing';
  return event.data.unclear ?? event.data.answers.map(({ purpose, alertId }) => `${purpose} ${alertId}`).join(', ');
};

describe('the words of a reply (B24)', () => {
  it.each([
    ['1', 'accept '],
    [' ack \n', 'accept '],
    ['Accept!', 'accept '],
    ['2', 'resolve '],
    ['RES', 'resolve '],
    ['3', 'escalate '],
    ['esc.', 'escalate '],
    ['ACK K7', 'accept K7'],
    ['ack k7  ', 'accept K7'],
    ['K7 ack', 'accept K7'],
    ['1 k7', 'accept K7'],
    ['RES K7, M34', 'resolve K7 M34'],
  ])('are understood: %j', (text, expected) => {
    const words = replyWords(text);
    expect(words.type === 'answer' ? `${words.purpose} ${words.codes.join(' ')}` : words.type).toBe(expected);
  });
  it.each(['STOP', 'stopall', 'End', 'CANCEL', 'quit', 'unsubscribe'])('are the carrier’s: %s', (text) =>
    expect(replyWords(text)).toEqual({ type: 'stop' }),
  );
  it.each(['YES', 'start', 'UNSTOP'])('are the carrier’s, too: %s', (text) => expect(replyWords(text)).toEqual({ type: 'start' }));
  it.each(['HELP', 'info'])('are answered by the carrier: %s', (text) => expect(replyWords(text)).toEqual({ type: 'help' }));
  it.each(['', 'ok', 'ack 1', '1 2', 'ack disk', 'K7', '11', 'do not ack, stop', 'RES ALL', 'constructor'])('are no answer: %j', (text) =>
    expect(replyWords(text)).toEqual({ type: 'not-understood' }),
  );
  it('accept all only when they say so', () => expect(replyWords('ack all')).toEqual({ type: 'accept-all' }));
});

describe('the code of a page (B24)', () => {
  it('is the same for each attempt, and another one for the next page of the same alert', () => {
    const state = texted(texts(1, 0), texts(1, 1, '+4930555002'), texts(1, 30, OURS, 'notification-1-2-8'));
    expect(state.pages.map(({ senders }) => senders.length)).toEqual([2, 1]);
    expect(new Set(state.pages.map(({ code }) => code)).size).toBe(2);
  });
  it('is given once for a command that comes again', () => expect(textingDecider.decide(texts(1, 0), texted(texts(1, 0)))).toEqual([]));
  it('is not given again for seven days', () => {
    const commands = Array.from({ length: 600 }, (_, index) => texts(index + 1, index));
    const codes = texted(...commands).pages.map(({ code }) => code);
    expect(codes).toHaveLength(600);
    expect(new Set(codes).size).toBe(600);
    expect(codes.every((code) => /^[A-Z][2-9]{1,2}$/.test(code))).toBe(true);
  });
  it('is found for as many as a storm may send', () => {
    const inUse = new Set<string>();
    for (let issued = 0; issued < 3_000; issued += 1) {
      const code = nextReplyCode(issued, inUse);
      expect(inUse.has(code)).toBe(false);
      inUse.add(code);
    }
    expect([...inUse].every(isReplyCode)).toBe(true);
  });
  it('has a letter and a digit while there are enough of them', () => {
    expect(nextReplyCode(0, new Set())).toMatch(/^[A-Z]\d$/);
    const first = texted(texts(1, 0));
    const later = texted(texts(1, 0), texts(2, 8 * day));
    expect(later.pages).toHaveLength(1);
    expect(codeOf(later, 2)).not.toBe(codeOf(first, 1));
  });
});

describe('a bare word (B24)', () => {
  it('means the one alert that is unanswered, however soon it comes', () => {
    expect(meant(texted(texts(1, 0)), replying('1', 0.2, { 1: open }))).toBe('accept 1');
    expect(meant(texted(texts(1, 0)), replying('res', 500, { 1: open }))).toBe('resolve 1');
  });
  it('carries where the escalation stood when the page was planned (B13)', () => {
    const [event] = textingDecider.decide(replying('3', 1, { 1: open }), texted(texts(1, 0)));
    expect(event?.data).toMatchObject({ answers: [{ purpose: 'escalate', step }] });
  });
  it('changes nothing when several are unanswered', () =>
    expect(meant(texted(texts(1, 0), texts(2, 60)), replying('1', 90, { 1: open, 2: open }))).toBe('which'));
  it('changes nothing when another one was texted within two minutes', () => {
    const state = texted(texts(1, 58.5), texts(2, 59));
    expect(meant(state, replying('1', 60, { 1: resolvedAt(58.6), 2: open }))).toBe('which');
    expect(meant(state, replying('1', 61, { 1: resolvedAt(58.6), 2: open }))).toBe('accept 2');
  });
  it('changes nothing when another one was still unanswered two minutes ago: it may be what is meant', () => {
    const state = texted(texts(1, 0), texts(2, 59));
    expect(meant(state, replying('1', 60, { 1: acceptedAt(59), 2: open }))).toBe('which');
    expect(meant(state, replying('1', 62, { 1: acceptedAt(59), 2: open }))).toBe('accept 2');
  });
  it('is about what came from the number that it goes to', () => {
    const state = texted(texts(1, 0), texts(2, 0, '+16505550100'), texts(3, 0, null));
    expect(meant(state, replying('1', 30, { 1: open, 2: open, 3: open }))).toBe('accept 1');
  });
  it('changes nothing when all are answered', () => {
    expect(meant(texted(texts(1, 0)), replying('2', 30, { 1: acceptedAt(5) }))).toBe('nothing-open');
    expect(meant(texted(), replying('1', 0, {}))).toBe('nothing-open');
  });
});

describe('a word with a code (B24)', () => {
  const state = texted(texts(1, 0), texts(2, 1));
  it('means that page, whatever else is open', () =>
    expect(meant(state, replying(`ack ${codeOf(state, 1)}`, 1, { 1: open, 2: open }))).toBe('accept 1'));
  it('reaches a closed alert as well, which tells so itself', () =>
    expect(meant(state, replying(`RES ${codeOf(state, 1)}`, 1, { 1: resolvedAt(0) }))).toBe('resolve 1'));
  it('may name several', () =>
    expect(meant(state, replying(`ACK ${codeOf(state, 1)} ${codeOf(state, 2)}`, 1, { 1: open, 2: open }))).toBe('accept 1, accept 2'));
  it('that nobody was texted changes nothing, not even the others', () =>
    expect(meant(state, replying(`ACK ${codeOf(state, 1)} Y99`, 1, { 1: open, 2: open }))).toBe('unknown-code'));
  it('is not understood after seven days', () =>
    expect(meant(state, replying(`ACK ${codeOf(state, 1)}`, 7 * day, { 1: open, 2: open }))).toBe('unknown-code'));
});

describe('ACK ALL (B24)', () => {
  const state = texted(texts(1, 0), texts(2, 1), texts(3, 2));
  it('accepts each that is unanswered', () =>
    expect(meant(state, replying('ACK ALL', 3, { 1: open, 2: resolvedAt(1), 3: open }))).toBe('accept 1, accept 3'));
  it('changes nothing when none is', () => expect(meant(state, replying('ack all', 3, { 1: acceptedAt(1) }))).toBe('nothing-open'));
});

describe('a reply that comes again', () => {
  it('is decided once, whatever was texted meanwhile', () => {
    const first = replying('1', 1, { 1: open });
    const state = texted(texts(1, 0), first, texts(2, 30));
    expect(textingDecider.decide({ ...first, at: minute(31), alerts: new Map([[2 as AlertId, open]]) } as TextingCommand, state)).toEqual(
      [],
    );
    expect(state.replies).toMatchObject([{ answers: [{ purpose: 'accept', alertId: 1 }] }]);
  });
});

describe('what can be answered', () => {
  it('is what is unanswered, else what is accepted and open', () => {
    const state = texted(texts(1, 0), texts(2, 1), texts(3, 2));
    const told = (alerts: Readonly<Record<number, TextedAlert>>) =>
      answerablePages(state, minute(3), new Map(Object.entries(alerts).map(([id, alert]) => [Number(id) as AlertId, alert]))).map(
        ({ alertId }) => alertId,
      );
    expect(told({ 1: open, 2: acceptedAt(2), 3: resolvedAt(2) })).toEqual([1]);
    expect(told({ 1: resolvedAt(1), 2: acceptedAt(2), 3: resolvedAt(2) })).toEqual([2]);
  });
});
