import type { User } from '../configuration/resources';
import type { UserId } from '../ids';
import { emailContact, person, second } from '../testing/notification-builders';
import { linkSlackAccount, userOfSlackProfile, type SlackProfile } from './slack-accounts';

const ana: User = person({ id: 1 as UserId, contacts: [emailContact(1)] });
const ben: User = person({ id: 2 as UserId, contacts: [emailContact(2, { target: 'ben@example.org' })] });
const profile: SlackProfile = {
  teamId: 'T1',
  userId: 'U1',
  name: 'ana',
  email: 'Ana@Example.org',
  isEmailConfirmed: true,
  isOutsider: false,
};
const found = (about: Partial<SlackProfile>, users: readonly User[] = [ana, ben]): number | undefined =>
  userOfSlackProfile({ ...profile, ...about }, 'T1', users)?.id;

describe('somebody in Slack (B27)', () => {
  it('is the one person who has verified the address of their profile', () => expect(found({})).toBe(1));
  it.each<[string, Partial<SlackProfile>]>([
    ['of another workspace', { teamId: 'T2' }],
    ['who is a bot, a guest or a stranger', { isOutsider: true }],
    ['whose address Slack has not confirmed', { isEmailConfirmed: false }],
    ['whose profile has another address', { email: 'somebody@example.org' }],
  ])('%s is nobody', (_who, about) => expect(found(about)).toBeUndefined());
  it('is nobody when the address is not verified here', () =>
    expect(found({}, [{ ...ana, contacts: [emailContact(1, { verified: false })] }])).toBeUndefined());
  it('is nobody when two people have verified the address', () =>
    expect(found({}, [ana, { ...ben, contacts: [emailContact(2)] }])).toBeUndefined());
  it('is not somebody who has another account there', () =>
    expect(found({}, [{ ...ana, slackAccount: { teamId: 'T1', userId: 'U9' } }])).toBeUndefined());
});

describe('a Slack account', () => {
  it('is on record with the person', () =>
    expect(linkSlackAccount(ana, profile, [ana, ben], second(1)).slackAccount).toEqual({ teamId: 'T1', userId: 'U1' }));
  it('answers for one person only', () =>
    expect(() => linkSlackAccount(ana, profile, [ana, { ...ben, slackAccount: { teamId: 'T1', userId: 'U1' } }], second(1))).toThrow(
      'somebody else',
    ));
  it('that is theirs already changes nothing', () => {
    const linked = linkSlackAccount(ana, profile, [ana], second(1));
    expect(linkSlackAccount(linked, profile, [linked], second(2))).toBe(linked);
  });
});
