import type { NotificationMethod } from '../configuration/resources';
import { assertNever, passedOver, type Decider } from '../decider';
import type { AlertSourceId, ContactId } from '../ids';
import { plusMs, type Instant } from '../time';
import type { NotificationPurpose } from './notification-events';
import type { PlannedData } from './notification-state';
import type { Bundle, PacedPage, Pacing, PacingEvent, PacingVerdict, PacingWindow } from './pacing-events';

/** Nobody waits longer for the first they hear of an alert, and for anything else neither (B29). */
export const BUNDLE_WAIT_MS = 30_000;
/** More than anybody reads; the next ones are another message. */
export const MOST_IN_BUNDLE = 100;
/** So long a bundle whose message failed is sent again as one. */
const BUNDLE_LIFE_MS = 3_600_000;
/** What was shown so lately is not shown once more. */
const IDENTICAL_MS = 240_000;

interface Limit {
  readonly perSource: boolean;
  readonly windowMs: number;
  readonly allowed: number;
}

/** What rings, costs or stays unread in a mailbox. */
const scarce: readonly NotificationMethod[] = ['SMS', 'VOICE', 'EMAIL'];
const threeOfASource: Limit = { perSource: true, windowMs: 180_000, allowed: 3 };
const twentyInAll: Limit = { perSource: false, windowMs: 60_000, allowed: 20 };

const limitsOf = (method: NotificationMethod): readonly Limit[] =>
  scarce.includes(method) ? [threeOfASource, twentyInAll] : [twentyInAll];

/** Whether a page that says the same as one before it is left out. */
const leavesOutIdentical = (method: NotificationMethod): boolean => !scarce.includes(method);

export type PacingCommand =
  /** `arrived`: of the pages that say the same, those that have reached the person for certain. */
  | {
      readonly type: 'pace';
      readonly at: Instant;
      readonly method: NotificationMethod;
      readonly page: PacedPage;
      readonly arrived: readonly string[];
    }
  | { readonly type: 'close'; readonly at: Instant; readonly bundle: number };

type Command<Type extends PacingCommand['type']> = Extract<PacingCommand, { type: Type }>;

/** What goes to one person by one method, and there to one contact. News has a pace of its own: it keeps no page from going out. */
export const pacingStream = ({
  userId,
  method,
  contactId,
  purpose,
}: Pick<PlannedData, 'userId' | 'method' | 'contactId' | 'purpose'>): string =>
  ['pace', userId, method.toLowerCase(), ...(contactId === undefined ? [] : [contactId]), ...(isNews(purpose) ? ['news'] : [])].join('-');

/** What nobody is asked to answer: the person follows it. */
export const isNews = (purpose: NotificationPurpose): boolean => purpose === 'update' || purpose === 'subscription';

/** What comes in numbers with the alerts that it is about. Whatever a person has asked for themselves comes at once. */
export const isPaced = (purpose: NotificationPurpose): boolean => purpose === 'page' || purpose === 'fallback' || isNews(purpose);

/** Only what still counts. */
const current = ({ windows, bundles, shown }: Pacing, at: Instant): Pacing => ({
  windows: windows.filter(({ endsAt }) => endsAt > at),
  bundles: bundles.filter(({ dueAt }) => plusMs(dueAt, BUNDLE_LIFE_MS) > at),
  shown: shown.filter((page) => plusMs(page.at, IDENTICAL_MS) > at),
});

const saysTheSame = (one: Pick<PacedPage, 'alertId' | 'activation' | 'text'>, other: typeof one): boolean =>
  one.alertId === other.alertId && one.activation === other.activation && one.text === other.text;

/** Pages that went out lately and say what this one says; empty where that is no reason to leave it out. */
export const identicalPages = (state: Pacing, method: NotificationMethod, page: PacedPage, at: Instant): readonly string[] =>
  leavesOutIdentical(method)
    ? current(state, at)
        .shown.filter((shown) => shown.notification !== page.notification && saysTheSame(shown, page))
        .map(({ notification }) => notification)
    : [];

/**
 * Of the pages of one person for one activation: when the one goes out that each of them would only repeat. Such a page is left out
 * if that one arrives.
 */
export const repeatedFrom = <Item extends { readonly method: NotificationMethod; readonly contactId?: ContactId; readonly at: Instant }>(
  items: readonly Item[],
): ReadonlyMap<Item, Instant> => {
  const repeated = new Map<Item, Instant>();
  const shown: Item[] = [];
  for (const item of items.toSorted((a, b) => a.at - b.at)) {
    const same = shown.findLast(
      ({ method, contactId, at }) =>
        leavesOutIdentical(method) && method === item.method && contactId === item.contactId && plusMs(at, IDENTICAL_MS) > item.at,
    );
    if (same === undefined) shown.push(item);
    else repeated.set(item, same.at);
  }
  return repeated;
};

/** The bundle that a page is in, as long as it is remembered. */
export const bundleWith = ({ bundles }: Pacing, notification: string): Bundle | undefined =>
  bundles.findLast(({ pages }) => pages.includes(notification));

/** What was decided of a page; undefined: nothing, or it was forgotten since. */
export const verdictOn = (state: Pacing, notification: string): PacingVerdict | undefined => {
  const bundle = bundleWith(state, notification);
  if (bundle !== undefined) return { type: 'bundled', bundle: bundle.id, dueAt: bundle.dueAt };
  return state.windows.some(({ pages }) => pages.includes(notification)) ? { type: 'alone' } : undefined;
};

const pace = ({ at, method, page, arrived }: Command<'pace'>, before: Pacing): readonly PacingEvent[] => {
  const state = current(before, at);
  const { notification } = page;
  if (verdictOn(state, notification) !== undefined) return [];
  const told = (verdict: PacingVerdict, pacing: Pacing): readonly PacingEvent[] => [
    { type: 'PagePaced', data: { at, notification, verdict, pacing } },
  ];
  const same = identicalPages(state, method, page, at).find((other) => arrived.includes(other));
  if (same !== undefined) return told({ type: 'identical', notification: same }, state);
  const { alertId, activation, text } = page;
  const shown = leavesOutIdentical(method) ? [...state.shown, { notification, alertId, activation, text, at }] : state.shown;
  const windows = limitsOf(method).reduce<readonly PacingWindow[] | undefined>(
    (open, limit) => (open === undefined ? undefined : counted(open, limit, page, at)),
    state.windows,
  );
  if (windows !== undefined) return told({ type: 'alone' }, { ...state, windows, shown });
  const bundle = joined(state.bundles, page, at);
  const bundles = [...state.bundles.filter(({ id }) => id !== bundle.id), bundle];
  return told({ type: 'bundled', bundle: bundle.id, dueAt: bundle.dueAt }, { ...state, bundles, shown });
};

/** The first page opens the window; undefined when it has had its number. */
const counted = (
  windows: readonly PacingWindow[],
  { perSource, windowMs, allowed }: Limit,
  { notification, sourceId: ofPage }: PacedPage,
  at: Instant,
): readonly PacingWindow[] | undefined => {
  const sourceId: AlertSourceId | null = perSource ? ofPage : null;
  const open = windows.find((window) => window.sourceId === sourceId);
  if (open === undefined) return [...windows, { sourceId, openedAt: at, endsAt: plusMs(at, windowMs), pages: [notification] }];
  if (open.pages.length >= allowed) return undefined;
  return windows.map((window) => (window === open ? { ...open, pages: [...open.pages, notification] } : window));
};

/** The bundle that waits, with this page in it; or one that begins with it. */
const joined = (bundles: readonly Bundle[], { notification, notificationId }: PacedPage, at: Instant): Bundle => {
  const open = bundles.find(({ closedAt, dueAt, pages }) => closedAt === undefined && dueAt > at && pages.length < MOST_IN_BUNDLE);
  return open === undefined
    ? { id: notificationId, dueAt: plusMs(at, BUNDLE_WAIT_MS), pages: [notification] }
    : { ...open, pages: [...open.pages, notification] };
};

const close = ({ at, bundle }: Command<'close'>, before: Pacing): readonly PacingEvent[] => {
  const state = current(before, at);
  const open = state.bundles.find(({ id, closedAt }) => id === bundle && closedAt === undefined);
  if (open === undefined) return [];
  const bundles = state.bundles.map((each) => (each === open ? { ...open, closedAt: at } : each));
  return [{ type: 'BundleClosed', data: { at, bundle, pacing: { ...state, bundles } } }];
};

/**
 * How fast pages follow each other at one place (SEMANTICS 8.9, B29). Of a source the first three in three minutes go out one by
 * one by text message, call and e-mail, and of all sources the first twenty in a minute; the others wait for each other, half a
 * minute at most, and go out as one message. Nothing is lost by it.
 */
export const pacingDecider: Decider<PacingCommand, Pacing, PacingEvent> = {
  initial: { windows: [], bundles: [], shown: [] },
  decide: (command, state) => {
    switch (command.type) {
      case 'pace':
        return pace(command, state);
      case 'close':
        return close(command, state);
      default:
        return assertNever(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'PagePaced':
      case 'BundleClosed':
        return event.data.pacing;
      default:
        return passedOver(event, state);
    }
  },
};
