/** What call-backs of SendGrid are checked with. */
export abstract class SendGridSettings {
  /** Of its event webhook, base64 of DER; empty, and no event is believed. */
  abstract readonly eventPublicKeys: readonly string[];
  abstract readonly hasInboundDomain: boolean;
  /** Answers to pages go to addresses below it; `publicUrl` says what is the usual sender's. */
  abstract mailbox(publicUrl: string): string;
}
