import type { Outgoing, OutgoingAnswer } from '@tocsin/platform';
import type { ActionOutcome } from './action-kind';
import { outcomeOfAnswer } from './heard';

/** The other system did not do what it was asked for. */
export class CallFailed extends Error {
  constructor(readonly outcome: ActionOutcome) {
    super('the other system did not do it');
    this.name = 'CallFailed';
  }
}

/** Another system's API under one address, with one way to show who asks. */
export class JsonApi {
  constructor(
    private readonly outgoing: Outgoing,
    private readonly base: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** What a success says. @throws CallFailed for every other answer, OutgoingRefused, OutgoingFault */
  async call(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await this.outgoing.send({
      url: `${this.base.replace(/\/+$/, '')}${path}`,
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers,
        ...headers,
      },
      ...sent,
    });
    const outcome = outcomeOfAnswer(answer);
    if (outcome.type === 'failed') throw new CallFailed(outcome);
    return parsed(answer);
  }
}

export const basic = (name: string, password: string): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

/** Undefined for what cannot be read: a page of a proxy in between, or more than is read of an answer. Who needs it, misses it. */
const parsed = ({ body }: OutgoingAnswer): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
};

/** A text or number somewhere in an answer; the other system keeps to its contract, or this is told as its fault. */
export const found = (value: unknown, ...path: readonly (string | number)[]): string => {
  const at = path.reduce<unknown>((inside, name) => (inside as Readonly<Record<string, unknown>> | null | undefined)?.[name], value);
  if (typeof at !== 'string' && typeof at !== 'number')
    throw new CallFailed({ type: 'failed', reason: 'server-error', retriable: true, uncertain: true });
  return String(at);
};
