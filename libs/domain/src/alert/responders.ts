import type { UserId } from '../ids';
import type { Instant } from '../time';

interface OnAlert {
  readonly userId: UserId;
  /** The activation that paged this person last; absent for somebody who came by accepting. */
  readonly activation?: number;
  /** The round in which this state was reached. */
  readonly round: number;
}

/** A person on an alert, with a state of their own (B9). */
export type Responder =
  ({ readonly status: 'PENDING' } & OnAlert) | ({ readonly status: 'ACCEPTED'; readonly acceptedAt: Instant } & OnAlert);

const of = (responders: readonly Responder[], userId: UserId): Responder | undefined =>
  responders.find((responder) => responder.userId === userId);

export const isResponder = (responders: readonly Responder[], userId: UserId): boolean => of(responders, userId) !== undefined;

export const hasAccepted = (responders: readonly Responder[], userId: UserId): boolean => of(responders, userId)?.status === 'ACCEPTED';

const put = (responders: readonly Responder[], changed: Responder): readonly Responder[] =>
  isResponder(responders, changed.userId)
    ? responders.map((responder) => (responder.userId === changed.userId ? changed : responder))
    : [...responders, changed];

export const withPending = (responders: readonly Responder[], userId: UserId, activation: number, round: number): readonly Responder[] =>
  put(responders, { status: 'PENDING', userId, activation, round });

export const accepting = (responders: readonly Responder[], userId: UserId, acceptedAt: Instant, round: number): readonly Responder[] => {
  const activation = of(responders, userId)?.activation;
  return put(responders, { status: 'ACCEPTED', userId, acceptedAt, ...(activation === undefined ? {} : { activation }), round });
};

export const without = (responders: readonly Responder[], userId: UserId): readonly Responder[] =>
  responders.filter((responder) => responder.userId !== userId);

/** A new round asks everybody again. */
export const askedAgain = (responders: readonly Responder[], round: number): readonly Responder[] =>
  responders.map(({ userId, activation }) => ({ status: 'PENDING', userId, ...(activation === undefined ? {} : { activation }), round }));
