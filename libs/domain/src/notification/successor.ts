import type { PreferenceId } from '../ids';
import { plusMs, type Instant } from '../time';
import type { NotificationEvent } from './notification-events';
import { LINE_BUSY, PROVIDER_BUSY, type Notification, type OpenNotification } from './notification-state';

/** Nobody waits longer for a method without another one being tried (B29). */
const LONGEST_ALONE_MS = 30_000;

/** Whether the person's next page is sent now: this one did not reach them, as far as is known, or is tried again much later only. */
export const movesOn = (event: NotificationEvent): boolean => {
  switch (event.type) {
    case 'NotificationFailed':
    case 'ReceiptOverdue':
      return true;
    case 'AttemptFailed':
      return event.data.retryAt > plusMs(event.data.at, LONGEST_ALONE_MS);
    default:
      return false;
  }
};

/** One of a person's pages of the same activation. */
export interface PageOf<State extends Notification = Notification> {
  readonly stream: string;
  readonly state: State;
}

/**
 * Which of the others is brought forward for a page that did not reach its person; undefined: none, or one is on its way. Each
 * page brings one forward, however often it is asked (a crash, a provider that stays busy): what came of that one is for it to
 * move on from in turn.
 */
export const successorOf = (failed: PreferenceId | undefined, others: readonly PageOf[], at: Instant): string | undefined => {
  const isDone = failed !== undefined && others.some(({ state }) => 'plan' in state && state.plan.insteadOf === failed);
  if (isDone) return undefined;
  const [next] = others.filter(isToCome).toSorted((a, b) => a.state.plan.dueAt - b.state.plan.dueAt);
  return next?.state.status === 'planned' && next.state.plan.dueAt > at ? next.stream : undefined;
};

const isToCome = (page: PageOf): page is PageOf<OpenNotification> => {
  const { state } = page;
  if (state.status === 'planned') return true;
  // It waits for a call to end or for a provider, however early it is wanted: the one after it. In a bundle it leaves by itself.
  return (
    state.status === 'held' && state.until !== null && state.attempts === 0 && state.reason !== LINE_BUSY && state.reason !== PROVIDER_BUSY
  );
};
