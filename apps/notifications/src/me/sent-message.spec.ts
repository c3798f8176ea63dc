import { phrases } from '../../page/reach-texts-en.js';
import { wordedBy } from '../../page/reach-texts.js';
import { outcomeText } from '../../page/sent-message.js';

const r = wordedBy(phrases, 'en');

describe('what is said of a message that was sent to oneself', () => {
  it.each([
    [{ status: 'SUCCESS', state: 'delivered' }, r.sentDelivered],
    [{ status: 'SUCCESS', state: 'handed-over' }, r.sentHandedOver],
    [{ status: 'SCHEDULED', state: 'handed-over' }, r.sentUnconfirmed],
    [{ status: 'SCHEDULED', state: 'planned' }, r.sentUnknown],
    [{ status: 'SCHEDULED', state: 'attempting' }, r.sentUnknown],
    [{ status: 'SCHEDULED', state: 'retrying', reason: 'timeout' }, r.sentRetried('timeout')],
    [{ status: 'ERROR', state: 'failed', reason: 'unknown number' }, r.sentFailed('unknown number')],
    [{ status: 'SCHEDULED', state: 'cancelled', reason: 'expired' }, r.sentFailed('expired')],
    [undefined, r.sentUnknown],
  ])('is what is known: %j', (message, text) => expect(outcomeText(r, message)).toBe(text));
});
