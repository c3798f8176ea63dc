/**
 * `ChatRequestMade` version 1, topic `notification-commands`: what somebody did in a chat with a bot of ours, made durable before
 * its provider is answered. The message's id comes from the call-back, so that the same one again is the same request.
 */
export interface ChatRequestMade {
  /** The bot's, `telegram`. */
  readonly provider: string;
  /** A `ChatRequest` as JSON, AES-256-GCM under TOCSIN_SECRET_KEY: it says who somebody is there. */
  readonly sealed: string;
}
