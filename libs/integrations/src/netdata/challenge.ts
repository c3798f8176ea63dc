/**
 * Netdata Cloud asks `GET ?crc_token=...` when a webhook is set up with a challenge secret, and expects this as JSON with
 * status 200 within 5 s. `hmacBase64` is HMAC-SHA256 of the text under that secret, in Base64.
 */
export const netdataChallengeAnswer = (token: string, hmacBase64: (text: string) => string): { readonly response_token: string } => ({
  response_token: `sha256=${hmacBase64(token)}`,
});
