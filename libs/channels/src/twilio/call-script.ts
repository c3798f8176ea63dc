import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import type { Language } from '../message';
import type { CallStep } from '../voice/call-step';

/** Who says it. A voice of another language would read it as if it were its own. */
const voices = {
  en: { voice: 'Polly.Amy', language: 'en-GB' },
  de: { voice: 'Polly.Vicki', language: 'de-DE' },
} as const satisfies Record<Language, unknown>;

/** So long a key is listened for after the last word. */
const LISTENS_SEC = 7;

/** The step in TwiML, the language in which Twilio is told what to do. */
export const callScript = ({ language, says, asks }: CallStep): string => {
  const response = new VoiceResponse();
  say(response, language, says);
  if (asks === undefined) {
    response.hangup();
    return response.toString();
  }
  const { next } = asks;
  // A key that is pressed while it is still said counts.
  say(response.gather({ input: ['dtmf'], numDigits: 1, timeout: LISTENS_SEC, action: next, method: 'POST' }), language, asks.says);
  response.redirect({ method: 'POST' }, next);
  return response.toString();
};

const say = (to: Pick<VoiceResponse, 'say' | 'pause'>, language: Language, says: readonly string[]): void => {
  for (const [index, text] of says.entries()) {
    if (index > 0) to.pause({ length: 1 });
    to.say(voices[language], text);
  }
};
