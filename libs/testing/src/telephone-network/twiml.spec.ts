import { BadTwiml, verbsOf } from './twiml';

const response = (inside: string): string => `<?xml version="1.0" encoding="UTF-8"?><Response>${inside}</Response>`;
const SAY = '<Say voice="Polly.Amy" language="en-GB">Disk &lt;1&gt; &amp; more</Say>';

describe('what a call is told to do', () => {
  it('is read in its order, with what is said in a question', () => {
    const asks = `<Gather input="dtmf" numDigits="1" timeout="7" action="https://t.test/a?b=1&amp;c=2" method="POST">${SAY}<Pause length="1"/></Gather>`;
    expect(verbsOf(response(`${SAY}${asks}<Redirect method="POST">https://t.test/r</Redirect>`))).toEqual([
      { verb: 'Say', text: 'Disk <1> & more', language: 'en-GB', voice: 'Polly.Amy' },
      {
        verb: 'Gather',
        numDigits: 1,
        timeoutSec: 7,
        action: 'https://t.test/a?b=1&c=2',
        says: [{ verb: 'Say', text: 'Disk <1> & more', language: 'en-GB', voice: 'Polly.Amy' }],
      },
      { verb: 'Redirect', url: 'https://t.test/r' },
    ]);
    expect(verbsOf(response('<Hangup/>'))).toEqual([{ verb: 'Hangup' }]);
    expect(verbsOf('<Response/>')).toEqual([]);
  });

  it.each([
    ['a verb that is not known', response('<Dial>+49</Dial>')],
    ['an attribute that is not known', response('<Hangup now="yes"/>')],
    ['a verb where it cannot stand', response('<Gather numDigits="1" action="a"><Hangup/></Gather>')],
    ['a voice of another language', response('<Say voice="Polly.Amy" language="de-DE">Hallo</Say>')],
    ['nothing to say', response('<Say voice="Polly.Amy" language="en-GB"> </Say>')],
    ['more than can be said', response(`<Say voice="Polly.Amy" language="en-GB">${'a'.repeat(4_097)}</Say>`)],
    ['no number of keys', response('<Gather action="a"/>')],
    ['another method', response('<Redirect method="GET">a</Redirect>')],
    ['XML that does not end', '<Response>'],
    ['XML that is crossed', '<Response><Say voice="Polly.Amy" language="en-GB">a</Response></Say>'],
    ['an entity that is not known', response('<Say voice="Polly.Amy" language="en-GB">&nbsp;</Say>')],
    ['two documents', '<Response/><Response/>'],
    ['another document', '<html/>'],
    ['no XML', '{"say":"hello"}'],
    ['nothing', ''],
  ])('is refused with %s', (_what, document) => expect(() => verbsOf(document)).toThrow(BadTwiml));
});
