import type { Dialect } from '@tocsin/channels';
import type { CallOver } from '@tocsin/contracts';
import type { UnreachedBy } from '@tocsin/domain';
import { correlationOf } from '../correlation';

/** How a call ended, where nobody pressed a key in it; other statuses are on the way there. */
const ENDS: ReadonlyMap<string, UnreachedBy> = new Map([
  ['completed', 'no-key'],
  ['no-answer', 'no-answer'],
  ['busy', 'busy'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
]);

/** Fax machines as well. */
export const isMachine = (form: URLSearchParams): boolean => /^(machine|fax)/.test(form.get('AnsweredBy') ?? '');

/** What a status call-back says of a call of ours; undefined while it goes on, or when it is about none. */
export const callOverOf = ({ provider }: Dialect, query: URLSearchParams, form: URLSearchParams): CallOver | undefined => {
  const about = correlationOf(query.get('stream'), query.get('attempt'));
  const end = ENDS.get(form.get('CallStatus') ?? '');
  if (about === undefined || end === undefined) return undefined;
  return { ...about, provider, unreachedBy: end === 'no-key' && isMachine(form) ? 'machine' : end };
};
