import type { User } from '../configuration/resources';
import { minute } from '../testing/alert-builders';
import { pushDevice } from '../testing/notification-builders';
import { recipientOf } from './recipient';

const mail = { id: 3 as never, type: 'email', target: 'ana@example.org', status: 'OK', verified: true } as const;
const ana = { id: 1, email: 'Ana@example.org', contacts: [mail] } as unknown as User;
const page = { method: 'EMAIL', contactId: mail.id, purpose: 'page', dueAt: minute(0) } as const;

describe('a planned message', () => {
  it('goes to the contact as it is now', () => {
    expect(recipientOf(page, ana, minute(1))).toEqual({ user: ana, target: 'ana@example.org' });
  });

  it.each([
    ['whose person is gone', page, undefined, 'user-deleted'],
    [
      'whose contact takes no more messages',
      page,
      { ...ana, contacts: ana.contacts.map((contact) => ({ ...contact, status: 'BLACKLISTED' as const })) },
      'contact-blacklisted',
    ],
    ['whose contact is gone', { ...page, contactId: 9 as never }, ana, 'contact-removed'],
    ['of a person who is muted', page, { ...ana, mutedUntil: minute(2) } as User, 'muted'],
    ['with news for a person who is muted', { ...page, purpose: 'update' }, { ...ana, mutedUntil: minute(2) } as User, 'muted'],
  ] as const)('%s goes nowhere', (_name, plan, user, stopped) => {
    expect(recipientOf(plan, user, minute(1))).toEqual({ stopped });
  });

  it.each(['fallback', 'test'] as const)('is not held by a mute when it is a %s', (purpose) => {
    expect(recipientOf({ ...page, purpose }, { ...ana, mutedUntil: minute(2) } as User, minute(1))).toHaveProperty('target');
  });

  it('is not held by a mute that is over', () => {
    expect(recipientOf(page, { ...ana, mutedUntil: minute(1) } as User, minute(1))).toHaveProperty('target');
  });

  it('with a code goes out while the code is valid, muted or not', () => {
    const code = { ...page, purpose: 'verification' } as const;
    expect(recipientOf(code, { ...ana, mutedUntil: minute(60) } as User, minute(9))).toHaveProperty('target');
    expect(recipientOf(code, ana, minute(10))).toEqual({ stopped: 'expired' });
  });

  it('with a sign-in link goes out while the link is valid and the address is still the one they sign in with', () => {
    const link = { ...page, purpose: 'sign-in' } as const;
    expect(recipientOf(link, ana, minute(14))).toHaveProperty('target');
    expect(recipientOf(link, ana, minute(15))).toEqual({ stopped: 'expired' });
    const unverified = { ...ana, contacts: ana.contacts.map((each) => ({ ...each, verified: false })) };
    expect(recipientOf(link, unverified, minute(1))).toEqual({ stopped: 'contact-removed' });
    expect(recipientOf(link, { ...ana, email: 'new@example.org' }, minute(1))).toEqual({ stopped: 'contact-removed' });
  });

  it('goes to the Slack account that is linked then', () => {
    const slack = { method: 'SLACK', purpose: 'page', dueAt: minute(0) } as const;
    const linked = { ...ana, slackAccount: { teamId: 'T1', userId: 'U1' } };
    expect(recipientOf(slack, linked, minute(1))).toEqual({ user: linked, target: 'U1' });
    expect(recipientOf(slack, ana, minute(1))).toEqual({ stopped: 'contact-removed' });
  });

  it('goes to the account of a chat, unless that takes no more', () => {
    const telegram = { method: 'TELEGRAM', purpose: 'page', dueAt: minute(0), contactId: 77 as never } as const;
    const account = { method: 'TELEGRAM', id: '47', address: '48', linkedAt: minute(0) } as const;
    const linked = { ...ana, chatAccounts: [account] };
    expect(recipientOf(telegram, linked, minute(1))).toEqual({ user: linked, target: '48' });
    expect(recipientOf(telegram, ana, minute(1))).toEqual({ stopped: 'contact-removed' });
    const closed = { ...ana, chatAccounts: [{ ...account, closed: { reason: 'blocked', at: minute(0) } }] };
    expect(recipientOf(telegram, closed, minute(1))).toEqual({ stopped: 'contact-blacklisted' });
  });

  it('needs no contact when it is pushed, but a device', () => {
    const withDevice = { ...ana, pushDevices: [pushDevice(1)] };
    const push = { method: 'PUSH', purpose: 'page', dueAt: minute(0) } as const;
    expect(recipientOf(push, withDevice, minute(1))).toEqual({ user: withDevice, target: '' });
    expect(recipientOf(push, ana, minute(1))).toEqual({ stopped: 'contact-removed' });
  });
});
