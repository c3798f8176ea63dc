import fc from 'fast-check';
import { requestIn } from './requests';

const interaction = (payload: unknown) =>
  requestIn({ endpoint: 'interactivity', body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() });

describe('what Slack sends', () => {
  it('is never a reason to fail, whatever is in it', () =>
    fc.assert(
      fc.property(fc.constantFrom('commands', 'interactivity', 'events'), fc.oneof(fc.string(), fc.json()), (endpoint, body) => {
        const form = new URLSearchParams({ payload: body }).toString();
        for (const each of [body, form]) expect(requestIn({ endpoint, body: each } as never)).toHaveProperty('type');
      }),
    ));
  it.each([
    ['a button without an alert', { type: 'block_actions', actions: [{ action_id: 'accept', value: 'x' }] }],
    ['an escalation from nowhere', { type: 'block_actions', actions: [{ action_id: 'escalate', value: '{"a":7}' }] }],
    ['a button of another version', { type: 'block_actions', actions: [{ action_id: 'snooze', value: '{"a":7}' }] }],
    ['a kind that is new', { type: 'shortcut' }],
    ['a reassignment to nobody', { type: 'view_submission', view: { callback_id: 'reassign', private_metadata: '{"a":7}' } }],
  ])('and asks for nothing is left alone: %s', (_what, payload) => expect(interaction(payload)).toEqual({ type: 'other' }));
  it('says which token was revoked: only the bot is of interest', () => {
    const revoked = (tokens: unknown) =>
      requestIn({
        endpoint: 'events',
        body: JSON.stringify({ team_id: 'T1', event_id: 'Ev1', event: { type: 'tokens_revoked', tokens } }),
      });
    expect(revoked({ oauth: ['U1'], bot: [] })).toEqual({ type: 'other' });
    expect(revoked({ bot: ['U0BOT'] })).toEqual({ type: 'uninstalled', teamId: 'T1', eventId: 'Ev1' });
  });
});
