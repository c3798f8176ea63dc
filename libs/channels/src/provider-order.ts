import type { Channel } from './channel';

export interface OrderQuestion {
  /** First choice of the route for this target, if there is one. */
  readonly route: readonly string[];
  /** Had failed, and not all others since. */
  readonly failedInRound: readonly string[];
  /** Will never take this message. */
  readonly refusedBy: readonly string[];
  isDown(provider: string): boolean;
}

/**
 * Whom to ask next, first choice first: by the route, then as they are registered; whoever is known to be down comes after
 * all others. Empty when nobody is left who could ever take it.
 */
export const providersToAsk = (channels: readonly Channel[], question: OrderQuestion): readonly Channel[] => {
  const { route, failedInRound, refusedBy, isDown } = question;
  const left = channels.filter(({ provider }) => !refusedBy.includes(provider));
  const routed = (provider: string): number => (route.includes(provider) ? route.indexOf(provider) : route.length);
  const rank = ({ provider }: Channel): readonly number[] => [
    Number(failedInRound.includes(provider)),
    Number(isDown(provider)),
    routed(provider),
  ];
  return left.toSorted((a, b) => compared(rank(a), rank(b)));
};

/** Whether somebody is left in this round after the provider has failed. */
export const isOtherLeft = (
  channels: readonly Channel[],
  provider: string,
  { failedInRound, refusedBy }: Pick<OrderQuestion, 'failedInRound' | 'refusedBy'>,
): boolean =>
  channels.some((other) => other.provider !== provider && !failedInRound.includes(other.provider) && !refusedBy.includes(other.provider));

const compared = (a: readonly number[], b: readonly number[]): number => {
  const differs = a.findIndex((value, index) => value !== b[index]);
  return differs < 0 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0);
};
