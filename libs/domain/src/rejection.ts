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
  | 'message-not-kept'
  | 'code-not-valid'
  | 'too-many-requests'
  | 'too-many-conflicts';

/** What a refusal is about, or what stands in the way: `{ type: 'escalation-policy', id: 3, name: 'Nights', level: 2 }`. */
export interface ConcernedResource {
  readonly type: string;
  readonly id: number;
  readonly name?: string;
  /** Of an escalation policy, from 1. */
  readonly level?: number;
  /** Of a schedule. */
  readonly shifts?: readonly { readonly start: string; readonly end: string }[];
}

/** One thing that a caller needs to mend the request. Never secrets or personal data. */
export interface RejectionDetail {
  /** A path into the body, or a parameter. */
  readonly field?: string;
  /** How to mend it, where the refusal's message is about more than this. */
  readonly message?: string;
  readonly resource?: ConcernedResource;
}

export class Rejection extends Error {
  constructor(
    readonly code: RejectionCode,
    message: string,
    readonly details: readonly RejectionDetail[] = [],
  ) {
    super(message);
    this.name = 'Rejection';
  }
}

export const rejected = (code: RejectionCode, message: string = code, ...details: readonly RejectionDetail[]): Rejection =>
  new Rejection(code, message, details);
