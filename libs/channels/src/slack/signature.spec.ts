import { createHmac } from 'node:crypto';
import { instant } from '@tocsin/domain';
import { isSignedBySlack } from './signature';

/** The example of Slack's own documentation. */
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const good = { body: BODY, timestamp: '1531420618', signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503' };
const at = (sec: number) => instant((1_531_420_618 + sec) * 1_000);
const signed = (about: Partial<typeof good>, secret: string) => {
  const { body, timestamp } = { ...good, ...about };
  return { body, timestamp, signature: `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}` };
};

describe('a call-back', () => {
  it.each<[string, { body: string; timestamp: string | undefined; signature: string | undefined }, number, readonly string[], boolean]>([
    ['signed as Slack does', good, 1, [SECRET], true],
    ['whose secret is the second of two while they are rotated', good, 1, ['the-new-secret', SECRET], true],
    ['signed with the new one of two', signed({}, 'the-new-secret'), 1, ['the-new-secret', SECRET], true],
    ['signed with another secret', signed({}, 'a-guess'), 1, [SECRET], false],
    ['signed with nothing', signed({}, ''), 1, [SECRET], false],
    ['of five minutes ago', good, 300, [SECRET], true],
    ['that is older', good, 301, [SECRET], false],
    ['from more than five minutes ahead', good, -301, [SECRET], false],
    ['with another body', { ...good, body: `${BODY}&text=more` }, 1, [SECRET], false],
    ['with another time', { ...good, timestamp: '1531420619' }, 1, [SECRET], false],
    ['without a time', { ...good, timestamp: undefined }, 1, [SECRET], false],
    ['with a time that is none', { ...good, timestamp: '1531420618.0' }, 1, [SECRET], false],
    ['without a signature', { ...good, signature: undefined }, 1, [SECRET], false],
    ['with half of a signature', { ...good, signature: good.signature.slice(0, 40) }, 1, [SECRET], false],
    ['with its signature in capitals', { ...good, signature: good.signature.toUpperCase() }, 1, [SECRET], false],
    ['with a signature of another version', { ...good, signature: good.signature.replace('v0', 'v1') }, 1, [SECRET], false],
    ['when there is no secret', signed({}, ''), 1, [], false],
  ])('%s', (_name, callback, sec, secrets, isSigned) => expect(isSignedBySlack(callback, secrets, at(sec))).toBe(isSigned));
});
