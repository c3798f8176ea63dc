import type { ContactId, UserId } from '../ids';
import { instant } from '../time';
import { person } from '../testing/notification-builders';
import type { EmailContact, User } from '../configuration/resources';
import { ownerOfAddress, signInMailStream } from './sign-in-mails';

const contact = (id: number, target: string, about: Partial<EmailContact> = {}): EmailContact => ({
  ...{ id: id as ContactId, type: 'email', target, status: 'OK', verified: true },
  ...about,
});
/** Signs in with the address of their first contact. */
const somebody = (id: number, ...contacts: readonly EmailContact[]): User =>
  person({ id: id as UserId, contacts, email: contacts[0]?.target ?? '' });

describe('the owner of an address', () => {
  const ana = somebody(1, contact(11, 'Ana.Lima@Example.org'), contact(12, 'team@example.org'));

  it('is the one person who signs in with it and has verified it, however it is written', () => {
    expect(ownerOfAddress([ana, somebody(2, contact(21, 'ben@example.org'))], ' ana.lima@EXAMPLE.org')).toEqual({
      userId: 1,
      contactId: 11,
    });
  });

  it.each([
    ['it is nobody’s', [ana], 'carl@example.org'],
    ['it is not verified', [somebody(1, contact(11, 'x@example.org', { verified: false }))], 'x@example.org'],
    ['no mail may go there', [somebody(1, contact(11, 'x@example.org', { status: 'BLACKLISTED' }))], 'x@example.org'],
    ['it is where a person is paged, and not their login', [ana], 'team@example.org'],
    ['two people have it', [ana, somebody(2, contact(21, 'x@example.org'), contact(22, 'ANA.lima@example.org'))], 'ana.lima@example.org'],
  ])('is nobody when %s', (_why, users, address) => expect(ownerOfAddress(users, address)).toBeUndefined());

  it('is the one who has verified it, whoever else claims it', () => {
    const claims = somebody(2, contact(21, 'ana.lima@example.org', { verified: false }));
    expect(ownerOfAddress([claims, ana], 'ana.lima@example.org')).toEqual({ userId: 1, contactId: 11 });
  });
});

describe('sign-in links by mail', () => {
  it('are one within five minutes', () => {
    const at = (minutes: number) => signInMailStream(1 as UserId, instant(minutes * 60_000));
    expect([at(4.9), at(5)]).toEqual([at(0), 'notification-signin-1-1']);
  });
});
