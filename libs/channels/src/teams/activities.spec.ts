import fc from 'fast-check';
import { activityIn } from './activities';

const TENANT = 'tenant';
const usual = {
  ...{ id: 'f:1', channelId: 'msteams', serviceUrl: 'https://smba.trafficmanager.net/emea/', from: { id: '29:ana' } },
  conversation: { id: 'a:1', conversationType: 'personal', tenantId: TENANT },
};
const by = { id: '29:ana', address: 'https://smba.trafficmanager.net/emea/ a:1' };
const read = (about: Readonly<Record<string, unknown>>) => activityIn(JSON.stringify({ ...usual, ...about }), TENANT);
const press = (data: unknown, about: Readonly<Record<string, unknown>> = {}) =>
  read({ type: 'invoke', name: 'adaptiveCard/action', value: { action: { data } }, replyToId: '170', ...about });
const pressed = { type: 'answer', by, alertId: 7, place: { address: by.address, messageId: '170' }, press: 'f:1' };

describe('what Teams sends', () => {
  it('is never a reason to fail, whatever is in it', () =>
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => expect(activityIn(body, TENANT).request).toHaveProperty('type'))));

  it('names itself by its conversation and its id', () => {
    expect(read({}).id).toBe(read({ type: 'message' }).id);
    expect(read({ id: 'f:2' }).id).not.toBe(read({}).id);
    expect(read({ conversation: { ...usual.conversation, id: 'a:2' } }).id).not.toBe(read({}).id);
  });

  it('is an answer to a page, by either kind of button', () => {
    expect(press({ answer: 'accept', alert: 7 }).request).toEqual({ ...pressed, purpose: 'accept' });
    expect(read({ type: 'message', value: { answer: 'resolve', alert: 7 }, replyToId: '170' }).request).toEqual({
      ...pressed,
      purpose: 'resolve',
    });
    expect(press({ answer: 'escalate', alert: 7, step: [1, 2, 0] }).request).toEqual({
      ...{ ...pressed, purpose: 'escalate', step: { round: 1, pass: 2, level: 0 } },
    });
  });

  it('is told at once that it was taken, in the language of its client, where somebody waits', () => {
    expect(press({ answer: 'accept', alert: 7 }, { locale: 'de-DE' }).answer).toMatchObject({
      statusCode: 200,
      value: expect.stringContaining('gespeichert'),
    });
    expect(press({}).answer).toMatchObject({ statusCode: 200, value: expect.stringContaining('stored') });
    expect(read({ type: 'message', text: 'x' }).answer).toBeUndefined();
  });

  it('is a link, or something else that was typed', () => {
    const say = (text?: string) => read({ type: 'message', text }).request;
    for (const text of ['link a1_b2', ' Link  a1_b2 ']) expect(say(text)).toEqual({ type: 'link', by, token: 'a1_b2' });
    for (const text of ['link', 'link a b', `link ${'x'.repeat(65)}`, 'hello', undefined]) expect(say(text)).toEqual({ type: 'typed', by });
  });

  it('is that the app was installed or removed', () => {
    const update = (action: string) => read({ type: 'installationUpdate', action }).request;
    expect([update('remove'), update('add'), update('new')]).toEqual([{ type: 'closed', by }, { type: 'opened', by }, { type: 'other' }]);
  });

  it.each<[string, unknown]>([
    ['a button without an alert', press({ answer: 'accept' }).request],
    ['an escalation from nowhere', press({ answer: 'escalate', alert: 7 }).request],
    ['a button of another version', press({ answer: 'snooze', alert: 7 }).request],
    ['a button below nothing', press({ answer: 'accept', alert: 7 }, { replyToId: undefined }).request],
    ['another kind of invoke', press({ answer: 'accept', alert: 7 }, { name: 'composeExtension/query' }).request],
    [
      'a button in a channel',
      press({ answer: 'accept', alert: 7 }, { conversation: { ...usual.conversation, conversationType: 'channel' } }).request,
    ],
    [
      'somebody of another tenant',
      press({ answer: 'accept', alert: 7 }, { conversation: { ...usual.conversation, tenantId: 'other' } }).request,
    ],
    ['another channel of the connector', press({ answer: 'accept', alert: 7 }, { channelId: 'webchat' }).request],
    ['nobody', press({ answer: 'accept', alert: 7 }, { from: undefined }).request],
    ['a kind that is new', read({ type: 'typing' }).request],
  ])('and asks for nothing is left alone: %s', (_what, request) => expect(request).toEqual({ type: 'other' }));
});
