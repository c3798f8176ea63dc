/** A company that takes texts and calls by Twilio's API, and in what it differs from the others that do. */
export interface Dialect {
  /** As on the timeline, in routes, and in the path of its call-backs. */
  readonly provider: string;
  /** As people call it. */
  readonly title: string;
  /** Codes of what is wrong with the message or its number, and stays so. */
  readonly permanentCodes: ReadonlySet<number>;
  /** It cannot reach the address for receipts: a private installation. Receipts are evidence that we can do without. */
  readonly noSuchCallbackCodes: ReadonlySet<number>;
  /** Whether it can be told to end a call after a time. */
  readonly endsLongCalls: boolean;
  /** Where the signature of a call-back is. */
  readonly signatureHeader: string;
  /** Whether it may sign the URL with the port that goes without saying. */
  readonly mayNamePort: boolean;
}

export const twilioDialect: Dialect = {
  provider: 'twilio',
  title: 'Twilio',
  // No such number, none that can be texted or called, a landline, a carrier or a country that it does not serve;
  // https://www.twilio.com/docs/api/errors.
  permanentCodes: new Set([
    ...[21211, 21214, 21215, 21216, 21217, 21219, 21265, 21408, 21612, 21614, 21635],
    ...[13223, 13224, 13227, 13230, 13231, 30004, 30005, 30006],
  ]),
  noSuchCallbackCodes: new Set([21_609]),
  endsLongCalls: true,
  signatureHeader: 'x-twilio-signature',
  mayNamePort: false,
};
