import type { Dialect } from '../twilio/dialect';

/** What the Compatibility API differs in from Twilio's, by its documentation; https://signalwire.com/docs/compatibility-api. */
export const signalwireDialect: Dialect = {
  provider: 'signalwire',
  title: 'SignalWire',
  // Twilio's 21408 and 21612 are codes of something else here.
  permanentCodes: new Set([21_211, 21_217, 21_219, 21_603, 21_604, 21_606, 21_614, 13_223, 30_004, 30_005, 30_006]),
  noSuchCallbackCodes: new Set([21_402, 21_456]),
  // A call that has lasted too long is ended by what it is told to do next.
  endsLongCalls: false,
  signatureHeader: 'x-signalwire-signature',
  // Its own library tries both.
  mayNamePort: true,
};
