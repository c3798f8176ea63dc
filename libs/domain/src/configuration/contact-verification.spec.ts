import type { ContactId, UserId } from '../ids';
import { emailContact, person, phoneContact } from '../testing/notification-builders';
import { specify } from '../testing/specify';
import { minute } from '../testing/alert-builders';
import { verifyContact } from './contact-rules';
import { codeSubject, verificationDecider } from './contact-verification';
import type { VerificationCommand } from './contact-verification';

const given = specify(verificationDecider);
const [mail, phone] = [3 as ContactId, 4 as ContactId];
const asks = (at: number, contactId = mail): VerificationCommand => ({
  type: 'request',
  contactId,
  challenge: `challenge ${at}`,
  at: minute(at),
});
const enters = (at: number, isRight: boolean, contactId = mail): VerificationCommand => ({
  type: 'enter',
  contactId,
  isRight,
  at: minute(at),
});
const mistaken = (at: number) => ({ type: 'VerificationCodeMistaken', data: { contactId: mail, at: minute(at) } }) as const;
const entered = (at: number) => ({ type: 'VerificationCodeEntered', data: { contactId: mail, at: minute(at) } }) as const;

describe('a code that was sent to a contact', () => {
  it('is valid for ten minutes', () => {
    given().when(asks(0), enters(9.9, true)).then(entered(9.9));
    given().when(asks(0), enters(10, true)).thenRefused('code-not-valid');
  });

  it('can be entered five times wrongly, and not once more, be it right', () => {
    const wrong = [1, 2, 3, 4].map((at) => enters(at, false));
    given()
      .when(asks(0), ...wrong, enters(5, false))
      .then(mistaken(5));
    given()
      .when(asks(0), ...wrong, enters(5, false), enters(6, true))
      .thenRefused('code-not-valid');
    given()
      .when(asks(0), ...wrong, enters(5, true))
      .then(entered(5));
  });

  it('is good once more while it is valid, for whoever lost the answer', () =>
    given().when(asks(0), enters(1, true), enters(2, true)).thenNothing());

  it('is of no use for another contact', () =>
    given()
      .when(asks(0), enters(1, true, phone))
      .thenRefused('code-not-valid'));

  it('ends the one before, with its mistakes', () => {
    const wrong = [1, 2, 3, 4, 5].map((at) => enters(at, false));
    given()
      .when(asks(0), ...wrong, asks(6), enters(7, true))
      .then(entered(7));
  });
});

describe('codes that are asked for', () => {
  it('keep a distance of half a minute for one contact', () => {
    given().when(asks(0), asks(0.4)).thenRefused('too-many-requests');
    given().when(asks(0), asks(0.4, phone)).thenTypes('VerificationCodeRequested');
    given().when(asks(0), asks(0.5)).thenTypes('VerificationCodeRequested');
  });

  it('are at most five in an hour, over all contacts', () => {
    const five = [0, 1, 2, 3, 4].map((at) => asks(at, at % 2 === 0 ? mail : phone));
    given()
      .when(five[0]!, ...five.slice(1), asks(59))
      .thenRefused('too-many-requests');
    given()
      .when(five[0]!, ...five.slice(1), asks(60))
      .thenTypes('VerificationCodeRequested');
  });

  it('are at most ten in a day', () => {
    const ten = Array.from({ length: 10 }, (_, index) => asks(index * 60));
    given()
      .when(ten[0]!, ...ten.slice(1), asks(24 * 60 - 1))
      .thenRefused('too-many-requests');
    given()
      .when(ten[0]!, ...ten.slice(1), asks(24 * 60))
      .thenTypes('VerificationCodeRequested');
  });
});

describe('what a code is made of', () => {
  it('changes with the target, however little that is written differently', () => {
    const subject = codeSubject(1, emailContact(3, { target: 'ana@example.org' }), 'c');
    expect(codeSubject(1, emailContact(3, { target: ' ANA@example.org' }), 'c')).toBe(subject);
    expect(codeSubject(1, emailContact(3, { target: 'eve@example.org' }), 'c')).not.toBe(subject);
    expect(codeSubject(2, emailContact(3), 'c')).not.toBe(codeSubject(1, emailContact(3), 'c'));
  });
});

describe('a contact whose code was entered', () => {
  const ana = person({ contacts: [emailContact(3, { verified: false }), phoneContact(4, { verified: false })] });
  const change = (others = [] as ReturnType<typeof person>[], role: 'USER' | 'ADMIN' = 'USER') => ({
    by: { userId: 1 as UserId, role },
    now: minute(1),
    others,
  });

  it('is verified', () =>
    expect(verifyContact(ana, mail, 'email', change()).contacts).toEqual([emailContact(3), phoneContact(4, { verified: false })]));

  it('is verified for one person only (B24)', () => {
    const ben = person({ id: 2 as UserId, contacts: [phoneContact(9), emailContact(8)] });
    for (const [id, type] of [
      [phone, 'phone'],
      [mail, 'email'],
    ] as const) {
      expect(() => verifyContact(ana, id, type, change([ben]))).toThrow(/belongs to somebody else/);
      expect(() => verifyContact(ana, id, type, change([ben], 'ADMIN'))).toThrow(/belongs to user 2/);
    }
  });

  it('is not told from that of others who never showed that it is theirs', () => {
    const ben = person({ id: 2 as UserId, contacts: [phoneContact(9, { verified: false })] });
    expect(verifyContact(ana, phone, 'phone', change([ben])).contacts[1]).toMatchObject({ verified: true });
  });

  it.each(['LOCKED', 'BLACKLISTED'] as const)('stays unverified when it is %s', (status) => {
    const locked = person({ contacts: [phoneContact(4, { verified: false, status })] });
    expect(() => verifyContact(locked, phone, 'phone', change())).toThrow(new RegExp(status));
  });

  it("is nobody else's to verify (B32)", () =>
    expect(() => verifyContact(ana, mail, 'email', { ...change(), by: { userId: 2 as UserId, role: 'USER' } })).toThrow(/somebody else/));
});
