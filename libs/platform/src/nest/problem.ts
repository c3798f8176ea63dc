import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { Rejection } from '@tocsin/domain';
import type { ConcernedResource, RejectionCode } from '@tocsin/domain';
import { EventStoreFault } from '@tocsin/event-store';
import { MessageBusFault } from '@tocsin/messaging';
import { ReadStoreFault } from '@tocsin/read-models';

/** One thing that an answer which is no success is about. */
export interface ProblemDetail {
  /** How to mend it, or what is the matter. */
  readonly message: string;
  /** What must be mended: a path into the body, e.g. `escalationRules[0].users[1].id`, or a parameter. */
  readonly field?: string;
  /** What it is about, or what stands in the way. */
  readonly resource?: ConcernedResource;
  /** Of a fault: one word of a closed set, as in the metrics. */
  readonly reason?: string;
  /** Of `/health/ready`: what waits. */
  readonly check?: string;
}

/** The body of every answer that is not a success. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  readonly code: string;
  readonly details?: readonly ProblemDetail[];
}

/** An answer that the edge itself gives; rules refuse with a `Rejection` instead. */
export class ProblemException extends HttpException {
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(problem, problem.status, options);
  }
}

export const problem = (status: number, code: string, message: string, details?: readonly ProblemDetail[]): ProblemException =>
  new ProblemException({ status, message, code, ...(details === undefined ? {} : { details }) });

/** A field or parameter that must be mended. */
export const invalidField = (field: string, fix: string): ProblemException =>
  problem(400, 'VALIDATION_ERROR', `${field}: ${fix}`, [{ field, message: fix }]);

/**
 * Clients try again after 409 and 5xx and give up at once on other 4xx: so only what may succeed unchanged is a 409, and
 * no refusal is a 5xx.
 */
export const rejectionProblems: Readonly<Record<RejectionCode, { readonly status: number; readonly code: string }>> = {
  'alert-not-found': { status: 404, code: 'ALERT_NOT_FOUND' },
  'alert-already-resolved': { status: 400, code: 'ALERT_ALREADY_RESOLVED' },
  'responder-already-present': { status: 405, code: 'RESPONDER_ALREADY_PRESENT' },
  'responder-not-found': { status: 404, code: 'RESPONDER_NOT_FOUND' },
  'nobody-left-to-escalate-to': { status: 400, code: 'NOBODY_LEFT_TO_ESCALATE_TO' },
  'level-not-found': { status: 400, code: 'LEVEL_NOT_FOUND' },
  'low-priority-does-not-escalate': { status: 400, code: 'LOW_PRIORITY_DOES_NOT_ESCALATE' },
  'nobody-on-call': { status: 400, code: 'NOBODY_ON_CALL' },
  'nobody-to-assign': { status: 400, code: 'NOBODY_TO_ASSIGN' },
  'not-found': { status: 404, code: 'NOT_FOUND' },
  'already-exists': { status: 400, code: 'ALREADY_EXISTS' },
  'still-in-use': { status: 400, code: 'STILL_IN_USE' },
  invalid: { status: 400, code: 'VALIDATION_ERROR' },
  'setting-without-effect': { status: 400, code: 'SETTING_WITHOUT_EFFECT' },
  forbidden: { status: 403, code: 'FORBIDDEN' },
  'message-not-kept': { status: 400, code: 'MESSAGE_NOT_KEPT' },
  'code-not-valid': { status: 400, code: 'CODE_NOT_VALID' },
  'too-many-requests': { status: 429, code: 'TOO_MANY_REQUESTS' },
  'too-many-conflicts': { status: 409, code: 'CONFLICT' },
};

/** Of what Nest and Fastify refuse by themselves. */
const statusCodes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
  503: 'UNAVAILABLE',
};

export type ErrorKind = 'refusal' | 'fault' | 'bug';

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly kind: ErrorKind;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is answered for an error, whichever of the three kinds it is. */
export const answerFor = (error: unknown): ProblemAnswer => {
  if (error instanceof Rejection) return refusal(rejectionProblem(error));
  const fault = faultCode(error);
  if (fault !== undefined) {
    const { message, code, reason } = fault;
    const unavailable = { status: 503, message, code, details: [{ message: `the reason is: ${reason}`, reason }] };
    return { problem: unavailable, kind: 'fault', headers: { 'retry-after': '1' } };
  }
  if (error instanceof ProblemException) return { problem: error.problem, kind: kindOf(error.problem.status), headers: error.headers };
  if (error instanceof HttpException) return httpProblem(error.getStatus(), error.message);
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && typeof message === 'string') return httpProblem(statusCode, message);
  return { problem: { status: 500, message: 'Internal server error', code: 'INTERNAL_ERROR' }, kind: 'bug', headers: {} };
};

const refusal = (given: Problem): ProblemAnswer => ({ problem: given, kind: 'refusal', headers: {} });

const kindOf = (status: number): ErrorKind => (status < 500 ? 'refusal' : status === 503 ? 'fault' : 'bug');

const rejectionProblem = ({ code, message: given, details }: Rejection): Problem => {
  const message = given === code ? given.replaceAll('-', ' ') : given;
  return {
    ...rejectionProblems[code],
    message,
    ...(details.length === 0
      ? {}
      : { details: details.map((detail) => ({ ...detail, message: detail.message ?? withoutField(message, detail.field) })) }),
  };
};

/** Messages that are about one field begin with its name. */
const withoutField = (message: string, field = ''): string =>
  message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;

const httpProblem = (status: number, message: string): ProblemAnswer => {
  // Whatever is wrong inside is nobody's business outside.
  const shown = status < 500 || status === 503 ? message : (STATUS_CODES[status] ?? 'Internal server error');
  const code = statusCodes[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR');
  return { problem: { status, message: shown, code }, kind: kindOf(status), headers: {} };
};

interface FaultAnswer {
  readonly code: string;
  readonly message: string;
  readonly reason: string;
}

const faultCode = (error: unknown): FaultAnswer | undefined => {
  if (error instanceof EventStoreFault)
    return { code: 'STORE_UNAVAILABLE', message: 'the event store is not available; try again', reason: error.reason };
  if (error instanceof MessageBusFault)
    return { code: 'BUS_UNAVAILABLE', message: 'the message bus is not available; try again', reason: error.reason };
  if (error instanceof ReadStoreFault)
    return { code: 'VIEWS_UNAVAILABLE', message: 'the views are not available; try again', reason: error.reason };
  if (!(error instanceof Error) || !('retriable' in error) || !('reason' in error)) return undefined;
  return { code: 'UNAVAILABLE', message: 'something this needs is not available; try again', reason: String(error.reason) };
};
