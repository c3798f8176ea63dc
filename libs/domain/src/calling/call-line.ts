import { assertNever, passedOver, type Decider } from '../decider';
import type { ContactId } from '../ids';
import { plusMs, type Instant } from '../time';
import type { CallId, CallLineEvent } from './call-line-events';

/** It rings for 25 s at most, and whether a machine picked up is found out in 15 s; then it has been answered or is over. */
const UNANSWERED_CALL_MS = 60_000;
/** Providers are asked to end a call before this. */
const ANSWERED_CALL_MS = 300_000;

interface CurrentCall extends CallId {
  readonly until: Instant;
  readonly isAnswered: boolean;
}

export interface CallLine {
  /** Under way as far as is known, or was so when its time was over. */
  readonly current: CurrentCall | undefined;
  /** Notifications that found the line taken, the oldest first. */
  readonly waiting: readonly string[];
}

export type CallLineCommand =
  | ({ readonly type: 'place'; readonly at: Instant } & CallId)
  | ({ readonly type: 'answer'; readonly at: Instant } & CallId)
  | ({ readonly type: 'end'; readonly at: Instant } & CallId);

export const callLineStream = (contactId: ContactId): string => `calls-${contactId}`;

const isSame = (a: CallId | undefined, b: CallId): boolean => a?.notification === b.notification && a.attempt === b.attempt;

/** Which call keeps another one from being made at that time. */
export const callUnderWay = ({ current }: CallLine, at: Instant): CurrentCall | undefined =>
  current !== undefined && at < current.until ? current : undefined;

/** Whether keys that are pressed in this call still count: those of an ended call do not (B25). */
export const isAnsweredNow = ({ current }: CallLine, call: CallId, at: Instant): boolean =>
  isSame(current, call) && current?.isAnswered === true && at < current.until;

const decide = (command: CallLineCommand, state: CallLine): readonly CallLineEvent[] => {
  const { type, at, notification, attempt } = command;
  const call = { notification, attempt };
  switch (type) {
    case 'place': {
      const underWay = callUnderWay(state, at);
      if (underWay === undefined) return [{ type: 'CallPlaced', data: { ...call, at, until: plusMs(at, UNANSWERED_CALL_MS) } }];
      // An earlier attempt of the same page may be ringing now: another one waits as well.
      if (isSame(underWay, call) || state.waiting.includes(notification)) return [];
      return [{ type: 'CallAwaited', data: { at, notification } }];
    }
    case 'answer':
      // Late, but nobody else has called there since: they are on the telephone.
      return isSame(state.current, call) && state.current?.isAnswered === false
        ? [{ type: 'CallAnswered', data: { ...call, at, until: plusMs(at, ANSWERED_CALL_MS) } }]
        : [];
    case 'end':
      return isSame(state.current, call) ? [{ type: 'CallEnded', data: { ...call, at } }] : [];
    default:
      return assertNever(type);
  }
};

const evolve = (state: CallLine, event: CallLineEvent): CallLine => {
  switch (event.type) {
    case 'CallPlaced': {
      const { notification, attempt, until } = event.data;
      return { current: { notification, attempt, until, isAnswered: false }, waiting: after(state.waiting, notification) };
    }
    case 'CallAwaited':
      return { ...state, waiting: [...state.waiting, event.data.notification] };
    case 'CallAnswered': {
      const { notification, attempt, until } = event.data;
      return { ...state, current: { notification, attempt, until, isAnswered: true } };
    }
    case 'CallEnded':
      return { ...state, current: undefined };
    default:
      return passedOver(event, state);
  }
};

/**
 * Whoever stood before them does not wait any more, or says so again when they look. Where somebody is called who had not waited,
 * that goes for all.
 */
const after = (waiting: readonly string[], notification: string): readonly string[] =>
  waiting.includes(notification) ? waiting.slice(waiting.indexOf(notification) + 1) : [];

/** One telephone of a person: it takes one call at a time, whichever replica makes it. */
export const callLineDecider: Decider<CallLineCommand, CallLine, CallLineEvent> = {
  initial: { current: undefined, waiting: [] },
  decide,
  evolve,
};
