/**
 * A refusal: the request was understood and the rules say no. Each code maps to one HTTP status at the edge, through an
 * exhaustive record; a consumer logs it and acknowledges the message.
 */
export type RejectionCode =
  | 'alert-not-found'
  | 'alert-already-resolved'
  | 'responder-already-present'
  | 'responder-not-found'
  | 'nobody-left-to-escalate-to'
  | 'level-not-found'
  | 'low-priority-does-not-escalate'
  | 'nobody-on-call'
  | 'nobody-to-assign'
  | 'not-found'
  | 'already-exists'
  | 'still-in-use'
  | 'invalid'
  | 'setting-without-effect'
  | 'forbidden'
  | 'too-many-conflicts';

export class Rejection extends Error {
  constructor(
    readonly code: RejectionCode,
    message: string,
    /** What a caller needs to mend the request, e.g. `{ field, fix }`. Never secrets or personal data. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Rejection';
  }
}

export const rejected = (code: RejectionCode, message: string = code, details: Readonly<Record<string, unknown>> = {}): Rejection =>
  new Rejection(code, message, details);
