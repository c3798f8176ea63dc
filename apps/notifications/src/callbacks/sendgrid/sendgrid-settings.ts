/** What call-backs of SendGrid are checked with. */
export abstract class SendGridSettings {
  /** Of its event webhook, base64 of DER; empty, and no event is believed. */
  abstract readonly eventPublicKeys: readonly string[];
  /** Of the security policy of its Inbound Parse; empty, and what is posted has no signature. */
  abstract readonly inboundPublicKeys: readonly string[];
  abstract readonly hasInboundDomain: boolean;
  /** Answers to pages go to addresses below it; `publicUrl` says what is the usual sender's. */
  abstract mailbox(publicUrl: string): string;
}
