/** What call-backs of Twilio are checked and answered with; nothing in it while Twilio is off, and then none is believed. */
export abstract class TwilioSettings {
  /** Newest first. */
  abstract readonly authTokens: readonly string[];
  /** Our numbers. */
  abstract readonly numbers: readonly string[];
  /** Read when it is needed: a port chosen by the system is known late. */
  abstract readonly publicUrl: string;
}
