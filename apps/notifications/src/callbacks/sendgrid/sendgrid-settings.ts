/** What call-backs of SendGrid are checked with. */
export abstract class SendGridSettings {
  /** Of its event webhook, base64 of DER; empty, and no event is believed. */
  abstract readonly eventPublicKeys: readonly string[];
}
