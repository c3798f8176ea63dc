import { phrases } from '../../page/reach-texts-de.js';
import { wordedBy } from '../../page/reach-texts.js';
import { faultsOf, WrongField } from '../../page/refusals.js';
import { Refused } from '../../page/server.js';

const r = wordedBy(phrases, 'de');
const refused = (status: number, code: string, details: object[] = []) => faultsOf(r, new Refused(status, { code, details }));

describe('why something was not done', () => {
  it.each([
    ['no network', faultsOf(r, new TypeError('Failed to fetch')), r.notReached],
    ['a server that is in trouble', refused(503, 'STORE_UNAVAILABLE', [{ reason: 'timeout' }]), r.serverTrouble],
    ['something on the way that answers in its place', faultsOf(r, new Refused(502)), r.serverTrouble],
    ['a session that is over', refused(401, 'UNAUTHORIZED'), r.signedOut],
    ['a session that is over, by another word', refused(403, 'KEY_ERROR'), r.signedOut],
    ['too many codes', refused(429, 'TOO_MANY_REQUESTS'), r.tooManyCodes],
    ['a contact that a rule uses', refused(400, 'STILL_IN_USE', [{ resource: { type: 'alert-preference' } }]), r.usedByRule],
    ['what nobody thought of', refused(400, 'VALIDATION_ERROR', [{ field: 'shiftColor' }]), r.refused],
  ])('is said of the whole: %s', (_what, faults, text) => expect(faults).toEqual([{ text }]));

  it.each([
    ['a time that is over', 'VALIDATION_ERROR', 'mutedUntil', {}, r.wrong.mutedUntil],
    ['a contact that is there', 'ALREADY_EXISTS', 'target', { resource: { type: 'contact' } }, r.alreadyYours],
    ["somebody else's contact", 'ALREADY_EXISTS', 'target', {}, r.somebodyElses],
    ['a wrong code', 'CODE_NOT_VALID', 'code', {}, r.wrongCode],
    ['a method without a provider', 'SETTING_WITHOUT_EFFECT', 'method', {}, r.noProvider],
  ])('is said of the field: %s', (_what, code, field, more, text) =>
    expect(refused(400, code, [{ field, ...more }])).toEqual([{ field, text }]),
  );

  it('is said of the field that was looked at before the server was asked', () =>
    expect(faultsOf(r, new WrongField('mutedUntil', 'x'))).toEqual([{ field: 'mutedUntil', text: 'x' }]));
});
