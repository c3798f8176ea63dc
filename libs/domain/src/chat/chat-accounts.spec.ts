import type { ChatAccount, User } from '../configuration/resources';
import type { UserId } from '../ids';
import { person, second } from '../testing/notification-builders';
import { closeChatAccount, linkChatAccount, linkedAccount, reopenChatAccount, unlinkAccount } from './chat-accounts';

const account: ChatAccount = { method: 'TELEGRAM', id: '4711', address: '4711', linkedAt: second(0) };
const ana: User = person({ id: 1 as UserId });
const ben: User = person({ id: 2 as UserId });
const linked: User = { ...ana, chatAccounts: [account] };
const closed: User = closeChatAccount(linked, { method: 'TELEGRAM', address: '4711', reason: 'blocked' }, second(5));

describe('an account of a chat', () => {
  it('is on record with the person', () =>
    expect(linkChatAccount(ana, account, [ana, ben], second(0)).chatAccounts).toEqual([{ ...account, linkedAt: second(0) }]));
  it('answers for one person only', () =>
    expect(() => linkChatAccount(ben, account, [linked, ben], second(1))).toThrow('belongs to somebody else'));
  it('that is theirs already changes nothing', () => expect(linkChatAccount(linked, account, [linked, ben], second(1))).toBe(linked));
  it('takes the place of the one before it', () =>
    expect(linkChatAccount(linked, { ...account, id: '8', address: '8' }, [linked], second(1)).chatAccounts).toEqual([
      { ...account, id: '8', address: '8', linkedAt: second(1) },
    ]));
  it('that was closed is open again once it is linked again', () =>
    expect(linkChatAccount(closed, account, [closed], second(9)).chatAccounts).toEqual([{ ...account, linkedAt: second(9) }]));
});

describe('an account that takes no more messages', () => {
  it('is closed, with the reason and the time', () => {
    expect(closed.chatAccounts).toEqual([{ ...account, closed: { reason: 'blocked', at: second(5) } }]);
    expect(linkedAccount(closed, 'TELEGRAM')).toEqual({ address: '4711', isClosed: true });
  });
  it('is told so again in vain', () =>
    expect(closeChatAccount(closed, { method: 'TELEGRAM', address: '4711', reason: 'gone' }, second(6))).toBe(closed));
  it('is not the one that the person has linked since', () =>
    expect(closeChatAccount(linked, { method: 'TELEGRAM', address: '1', reason: 'blocked' }, second(6))).toBe(linked));
  it('is open again when the person wants it', () => {
    expect(reopenChatAccount(closed, 'TELEGRAM', second(7)).chatAccounts).toEqual([account]);
    expect(reopenChatAccount(linked, 'TELEGRAM', second(7))).toBe(linked);
    expect(reopenChatAccount(ana, 'TELEGRAM', second(7))).toBe(ana);
  });
});

describe('where messages of a method go', () => {
  it.each<[string, User, ReturnType<typeof linkedAccount>]>([
    ['nowhere while nothing is linked', ana, undefined],
    ['to the account that is linked', linked, { address: '4711', isClosed: false }],
  ])('%s', (_where, user, found) => expect(linkedAccount(user, 'TELEGRAM')).toEqual(found));
  it('is in Slack the user there', () =>
    expect(linkedAccount({ slackAccount: { teamId: 'T1', userId: 'U1' } }, 'SLACK')).toEqual({ address: 'U1', isClosed: false }));
});

describe('an account that its person does not want any more (B32)', () => {
  const by = { userId: ana.id, role: 'STAKEHOLDER' } as const;
  const slackAccount = { teamId: 'T1', userId: 'U1' };
  const both: User = { ...linked, slackAccount };

  it('is gone, and the others stay', () => {
    const { chatAccounts, ...rest } = unlinkAccount(both, 'TELEGRAM', { by, now: second(7) });
    expect({ chatAccounts, ...rest }).toEqual({ ...ana, slackAccount, chatUnlinkedAt: second(7), updatedAt: second(7) });
    expect(unlinkAccount(both, 'SLACK', { by, now: second(7) })).toEqual({ ...linked, updatedAt: second(7) });
  });
  it('is gone also when it was closed', () =>
    expect(unlinkAccount(closed, 'TELEGRAM', { by, now: second(7) })).toEqual({ ...ana, chatUnlinkedAt: second(7), updatedAt: second(7) }));
  it('has to be there', () =>
    expect(() => unlinkAccount(both, 'TEAMS', { by, now: second(7) })).toThrow('has linked no account for TEAMS'));
  it('is unlinked by nobody else, but by administrators', () => {
    expect(() => unlinkAccount(both, 'SLACK', { by: { userId: ben.id, role: 'USER' }, now: second(7) })).toThrow();
    expect(unlinkAccount(both, 'SLACK', { by: { userId: ben.id, role: 'ADMIN' }, now: second(7) })).toEqual({
      ...linked,
      updatedAt: second(7),
    });
  });
});
