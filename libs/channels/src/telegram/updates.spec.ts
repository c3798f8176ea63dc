import fc from 'fast-check';
import { updateIn } from './updates';

const from = { id: 47, is_bot: false, first_name: 'Ana' };
const chat = { id: 47, type: 'private' };
const by = { id: '47', address: '47' };
const read = (about: Readonly<Record<string, unknown>>) => updateIn(JSON.stringify({ update_id: 12, ...about }));
const press = (data: unknown, about: Readonly<Record<string, unknown>> = {}) =>
  read({ callback_query: { id: 'q1', from, message: { message_id: 5, chat }, data, ...about } }).request;
const pressed = { type: 'answer', by, alertId: 7, place: { address: '47', messageId: '5' }, press: 'q1' };

describe('what Telegram sends', () => {
  it('is never a reason to fail, whatever is in it', () =>
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => expect(updateIn(body).request).toHaveProperty('type'))));

  it('names itself by its number', () => expect(read({}).id).toBe('12'));

  it('is an answer to a page', () => {
    expect(press('accept 7')).toEqual({ ...pressed, purpose: 'accept' });
    expect(press('resolve 7')).toEqual({ ...pressed, purpose: 'resolve' });
    expect(press('escalate 7 1 2 0')).toEqual({ ...pressed, purpose: 'escalate', step: { round: 1, pass: 2, level: 0 } });
  });

  it('is a link, or something else that was typed', () => {
    const say = (text?: string) => read({ message: { message_id: 1, from, chat, text } }).request;
    expect(say('/start a1_b2_c3')).toEqual({ type: 'link', by, token: 'a1_b2_c3' });
    for (const text of ['/start', `/start ${'x'.repeat(65)}`, '/start a b', 'hello', undefined])
      expect(say(text)).toEqual({ type: 'typed', by });
  });

  it('is that the bot may not write any more, or may again', () => {
    const member = (status: string) => read({ my_chat_member: { from, chat, new_chat_member: { status } } }).request;
    expect([member('kicked'), member('member'), member('left')]).toEqual([
      { type: 'closed', by },
      { type: 'opened', by },
      { type: 'other' },
    ]);
  });

  it.each<[string, unknown]>([
    ['a button without an alert', press('accept')],
    ['an escalation from nowhere', press('escalate 7')],
    ['a button of another version', press('snooze 7')],
    ['more than a button says', press('accept 7; resolve 8')],
    ['a number that is too long', press('accept 90071992547409910')],
    ['a button in a group', press('accept 7', { message: { message_id: 5, chat: { id: -5, type: 'group' } } })],
    ['a button that a bot pressed', press('accept 7', { from: { ...from, is_bot: true } })],
    ['a button below nothing', press('accept 7', { message: undefined })],
    ['a button that nobody pressed', press('accept 7', { from: undefined })],
    ['a kind that is new', read({ poll: {} }).request],
  ])('and asks for nothing is left alone: %s', (_what, request) => expect(request).toEqual({ type: 'other' }));
});
