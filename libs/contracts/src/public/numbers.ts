/** A number that pages come from. */
export interface PublicOutboundNumber {
  /** ISO country, e.g. `DE`. */
  readonly countryCode: string;
  readonly phoneNumber: string;
  readonly supportsInboundSms: boolean;
  readonly types: readonly ('SMS' | 'VOICE')[];
}
