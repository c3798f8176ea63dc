import fc from 'fast-check';
import { requestIn } from './requests';

const interaction = (payload: unknown) =>
  requestIn({ endpoint: 'interactivity', body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() });

const reassignment = (value: string) => ({
  type: 'view_submission',
  view: {
    callback_id: 'reassign',
    private_metadata: '{"a":7}',
    state: { values: { person: { people: { selected_option: { value } } } } },
  },
});

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
    ['a reassignment to a policy that is none', reassignment('policy-x')],
  ])('and asks for nothing is left alone: %s', (_what, payload) => expect(interaction(payload)).toEqual({ type: 'other' }));
  it.each([
    ['a person', '104', { to: 104 }],
    ['a policy', 'policy-112', { toPolicy: 112 }],
  ])('gives an alert to %s that was chosen', (_what, value, to) => {
    expect(interaction(reassignment(value))).toMatchObject({ type: 'reassign', alertId: 7, ...to });
  });
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
