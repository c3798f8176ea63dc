/**
 * `SlackRequestMade` version 1, topic `notification-commands`: what somebody asked for in Slack, made durable before Slack is
 * answered. The message's id comes from the call-back, so that the same one again is the same request.
 */
export interface SlackRequestMade {
  /** A `SlackRequest` as JSON, AES-256-GCM under TOCSIN_SECRET_KEY: it says who somebody is in Slack, and where to answer them. */
  readonly sealed: string;
}
