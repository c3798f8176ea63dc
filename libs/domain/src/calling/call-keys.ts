import { assertNever } from '../decider';

export type CallPurpose = 'accept' | 'resolve' | 'escalate';

/** What happens next in a call. `tell`: what it is about and the keys, again or for the first time. */
export type CallMove =
  | { readonly type: 'answer'; readonly purpose: CallPurpose }
  | { readonly type: 'tell'; readonly turn: number; readonly why: 'first' | 'repeat' | 'wrong-key' | 'no-key' }
  | { readonly type: 'end' };

/** So often it is told; whoever has pressed nothing that means something by then is not there. */
export const MOST_TURNS = 4;

const purposes: ReadonlyMap<string, CallPurpose> = new Map([
  ['1', 'accept'],
  ['2', 'resolve'],
  ['3', 'escalate'],
]);

/** The keys of a page (B25): 1 accepts, 2 resolves, 3 escalates, 0 repeats. `told`: how often it was told before. */
export const nextInCall = ({
  told,
  key,
  canEscalate,
}: {
  readonly told: number;
  readonly key: string | undefined;
  readonly canEscalate: boolean;
}): CallMove => {
  const purpose = key === undefined ? undefined : purposes.get(key);
  if (told > 0 && purpose !== undefined && (purpose !== 'escalate' || canEscalate)) return { type: 'answer', purpose };
  return toldAgain(told, key);
};

/** What happens next in a call about several alerts (B29). `one-by-one`: each is told and answered by itself. */
export type CallMoveOfMany =
  Extract<CallMove, { type: 'tell' | 'end' }> | { readonly type: 'accept-all' } | { readonly type: 'one-by-one' };

/** Its keys: 1 accepts all of them, 4 has them told one after the other with the keys of a page, 0 repeats. */
export const nextInCallOfMany = ({ told, key }: { readonly told: number; readonly key: string | undefined }): CallMoveOfMany => {
  if (told > 0 && key === '1') return { type: 'accept-all' };
  if (told > 0 && key === '4') return { type: 'one-by-one' };
  return toldAgain(told, key);
};

const toldAgain = (told: number, key: string | undefined): Extract<CallMove, { type: 'tell' | 'end' }> =>
  told >= MOST_TURNS ? { type: 'end' } : { type: 'tell', turn: told + 1, why: whyTold(told, key) };

const whyTold = (told: number, key: string | undefined): Extract<CallMove, { type: 'tell' }>['why'] => {
  if (told === 0) return 'first';
  if (key === undefined) return 'no-key';
  return key === '0' ? 'repeat' : 'wrong-key';
};

/** How a call ended that nobody pressed a key in: nobody was reached by it (B25). */
export type UnreachedBy = 'no-answer' | 'busy' | 'failed' | 'canceled' | 'machine' | 'no-key';

/** Whether it came to their telephone, which any other provider would ring as well; one that was not put through may be by another. */
export const cameThrough = (by: UnreachedBy): boolean => by !== 'failed';

/** As it stands on the timeline. */
export const unreachedReason = (by: UnreachedBy): string => {
  switch (by) {
    case 'no-answer':
      return 'the call was not answered';
    case 'busy':
      return 'the number was busy';
    case 'failed':
      return 'the call could not be put through';
    case 'canceled':
      return 'the call was taken back';
    case 'machine':
      return 'a machine answered the call';
    case 'no-key':
      return 'no key was pressed in the call';
    default:
      return assertNever(by);
  }
};
