import type { UserId } from '../ids';
import { rejected, type Rejection } from '../rejection';
import type { Instant } from '../time';
import type { ConfigurationLookup } from './configuration-lookup';
import { invalidSetting } from './refusals';
import type { AlertSource, Subscriber, Team } from './resources';
import { isAtLeast, type Editor } from './roles';

export interface SubscriptionChange {
  readonly by: Editor;
  readonly now: Instant;
  readonly configuration: ConfigurationLookup;
}

const MOST_SUBSCRIBERS = 200;

/** Again changes nothing. @throws Rejection `invalid`, `forbidden` */
export const subscribe = (source: AlertSource, subscriber: Subscriber, change: SubscriptionChange): AlertSource => {
  refuseSubscriber(subscriber, change);
  const { subscribers = [] } = source;
  if (isSubscribed(subscribers, subscriber)) return source;
  refuseFurther(subscribers);
  return { ...source, subscribers: [...subscribers, subscriber], updatedAt: change.now };
};

/** @throws Rejection `not-found`, `forbidden` */
export const unsubscribe = (source: AlertSource, subscriber: Subscriber, { by, now, configuration }: SubscriptionChange): AlertSource => {
  refuseForOthers(subscriber, by);
  refuseHiddenSubscriber(subscriber, configuration);
  const { subscribers = [] } = source;
  refuseUnlessSubscribed(subscribers, subscriber);
  return { ...source, subscribers: withoutSubscriber(subscribers, subscriber), updatedAt: now };
};

/** @throws Rejection `invalid`, `forbidden` */
export const refuseSubscriber = (subscriber: Subscriber, { by, configuration }: Pick<SubscriptionChange, 'by' | 'configuration'>): void => {
  refuseForOthers(subscriber, by);
  if (configuration.get(subscriber.type, idOf(subscriber)) === undefined)
    throw invalidSetting('id', `there is no ${subscriber.type} ${idOf(subscriber)}`);
};

/** @throws Rejection `invalid` */
export const refuseFurther = (subscribers: readonly Subscriber[]): void => {
  if (subscribers.length >= MOST_SUBSCRIBERS)
    throw invalidSetting('id', `there are ${MOST_SUBSCRIBERS} subscribers already: subscribe teams instead`);
};

/** @throws Rejection `not-found` */
export const refuseUnlessSubscribed = (subscribers: readonly Subscriber[], subscriber: Subscriber): void => {
  if (!isSubscribed(subscribers, subscriber)) throw notSubscribed(subscriber);
};

/** As if they had not subscribed. @throws Rejection `not-found` */
export const refuseHiddenSubscriber = (subscriber: Subscriber, configuration: ConfigurationLookup): void => {
  if (configuration.hidden?.(subscriber.type, idOf(subscriber)) !== undefined) throw notSubscribed(subscriber);
};

export const isSubscribed = (subscribers: readonly Subscriber[], subscriber: Subscriber): boolean =>
  subscribers.some((each) => isSame(each, subscriber));

export const withoutSubscriber = (subscribers: readonly Subscriber[], subscriber: Subscriber): readonly Subscriber[] =>
  subscribers.filter((each) => !isSame(each, subscriber));

/** Each person once, be they subscribed themselves or by several teams. Ascending. */
export const subscribedPeople = (subscribers: readonly Subscriber[], teamOf: (id: number) => Team | undefined): readonly UserId[] => {
  const people = subscribers.flatMap((subscriber) =>
    subscriber.type === 'user' ? [subscriber.userId] : (teamOf(subscriber.teamId)?.members ?? []).map(({ userId }) => userId),
  );
  return [...new Set(people)].sort((a, b) => a - b);
};

/** Everybody subscribes themselves; subscribing others takes the rights to change a source. @throws Rejection `forbidden` */
export const refuseForOthers = (subscriber: Subscriber, by: Editor): void => {
  if (subscriber.type === 'user' && subscriber.userId === by.userId) return;
  if (!isAtLeast(by.role, 'USER')) throw rejected('forbidden', 'subscribing others needs the role USER');
};

const notSubscribed = (subscriber: Subscriber): Rejection =>
  rejected('not-found', `${subscriber.type} ${idOf(subscriber)} has not subscribed`);

const idOf = (subscriber: Subscriber): number => (subscriber.type === 'user' ? subscriber.userId : subscriber.teamId);
const isSame = (one: Subscriber, other: Subscriber): boolean => one.type === other.type && idOf(one) === idOf(other);
