import { assertNever, passedOver, type Decider } from '../decider';
import type { AlertId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import type { ToolTrigger } from './alert-events';
import { noToolEvents, withApplied, type AppliedToolEvents } from './alert-key';

/**
 * The guard of "one open alert per key" (P2), in the streams named by `alertGuardStream`. It says which alert a key belongs
 * to; whether that alert is open, its own stream says. Only what opens an alert or brings a key to it is recorded here.
 */
export type AlertGroupEvent =
  | {
      readonly type: 'AlertOpenedForKey';
      readonly data: {
        readonly alertId: AlertId;
        /** When the tool event was taken: a window starts here. */
        readonly at: Instant;
        readonly alertKey?: string;
        readonly summary: string;
        /** Normalised; the alert key and the group's members. */
        readonly keys: readonly string[];
        readonly trigger: ToolTrigger;
        /** Alerts of this guard that were seen resolved, which is for ever. */
        readonly closed: readonly AlertId[];
      };
    }
  | {
      readonly type: 'KeyAttached';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly keys: readonly string[];
        readonly trigger: ToolTrigger;
        readonly closed: readonly AlertId[];
      };
    }
  /** The alert was archived and its stream is about to be removed: it is not one whose stream is still to be made. */
  | { readonly type: 'AlertForgotten'; readonly data: { readonly alertId: AlertId; readonly at: Instant } };

export interface GroupEntry {
  readonly alertId: AlertId;
  readonly openedAt: Instant;
  /** Of the event that opened it, trimmed. */
  readonly summary: string;
  readonly keys: readonly string[];
  readonly closed: boolean;
}

export interface AlertGroup {
  /** How many events it was made from. */
  readonly version: number;
  /** Oldest first: all that may be open, and those closed last. */
  readonly entries: readonly GroupEntry[];
  /** What was recorded for the newest tool events, so that a redelivery completes a half-done pair. */
  readonly recent: readonly { readonly eventId: string; readonly alertId: AlertId; readonly did: 'opened' | 'joined' }[];
  readonly tool: AppliedToolEvents;
}

const CLOSED_ENTRIES = 50;
const USUAL_ENTRIES = 1_000;
const KEYS_OF_AN_ENTRY = 2_000;
const RECENT_EVENTS = 200;

export const initialAlertGroup: AlertGroup = { version: 0, entries: [], recent: [], tool: noToolEvents };

const bounded = (entries: readonly GroupEntry[]): readonly GroupEntry[] => {
  // What may be open is never forgotten, however much it is: the key would get a second alert.
  const open = entries.filter((entry) => !entry.closed);
  // What is over tells late duplicates of it: it goes when room is needed for what is open.
  const closed = entries.filter((entry) => entry.closed).slice(-Math.max(CLOSED_ENTRIES, USUAL_ENTRIES - open.length));
  const kept = new Set([...closed, ...open]);
  return entries.filter((entry) => kept.has(entry));
};

const withKeys = (entry: GroupEntry, keys: readonly string[]): GroupEntry => ({
  ...entry,
  keys: [...entry.keys, ...keys.filter((key) => !entry.keys.includes(key))].slice(-KEYS_OF_AN_ENTRY),
});

type Recorded = Exclude<AlertGroupEvent, { readonly type: 'AlertForgotten' }>;

const evolveEntries = (entries: readonly GroupEntry[], event: Recorded): readonly GroupEntry[] => {
  const { alertId, at, keys } = event.data;
  switch (event.type) {
    case 'AlertOpenedForKey':
      return [...entries, { alertId, openedAt: at, summary: event.data.summary.trim(), keys, closed: false }];
    case 'KeyAttached':
      return entries.map((entry) => (entry.alertId === alertId ? withKeys(entry, keys) : entry));
    default:
      return assertNever(event);
  }
};

/** The tool events stay known: one of them that comes again opens nothing (P4). */
const without = (state: AlertGroup, alertId: AlertId): AlertGroup => ({
  ...state,
  version: state.version + 1,
  entries: state.entries.filter((entry) => entry.alertId !== alertId),
  recent: state.recent.filter((recent) => recent.alertId !== alertId),
});

const recorded = (state: AlertGroup, event: Recorded): AlertGroup => {
  const { alertId, trigger, closed } = event.data;
  const entries = state.entries.map((entry) => (closed.includes(entry.alertId) ? { ...entry, closed: true } : entry));
  const did = event.type === 'AlertOpenedForKey' ? 'opened' : 'joined';
  return {
    version: state.version + 1,
    entries: bounded(evolveEntries(entries, event)),
    recent: [
      ...state.recent.filter(({ eventId }) => eventId !== trigger.eventId),
      { eventId: trigger.eventId, alertId, did } as const,
    ].slice(-RECENT_EVENTS),
    tool: withApplied(state.tool, trigger.eventId, trigger.position),
  };
};

export const evolveAlertGroup = (state: AlertGroup, event: AlertGroupEvent): AlertGroup => {
  switch (event.type) {
    case 'AlertForgotten':
      return without(state, event.data.alertId);
    case 'AlertOpenedForKey':
    case 'KeyAttached':
      return recorded(state, event);
    default:
      // Whoever decided before it was there looks again.
      return passedOver(event, { ...state, version: state.version + 1 });
  }
};

export const isOnRecord = ({ entries, recent }: AlertGroup, alertId: AlertId): boolean =>
  entries.some((entry) => entry.alertId === alertId) || recent.some((known) => known.alertId === alertId);

/** Nothing is left to guard when it was the only one. */
export const isLastOnRecord = ({ entries }: AlertGroup, alertId: AlertId): boolean => entries.every((entry) => entry.alertId === alertId);

/** `seen` is the version that the decision was made from: when it has moved on, look again and decide again. */
export interface AlertGroupCommand {
  readonly type: 'record';
  readonly seen: number;
  readonly events: readonly AlertGroupEvent[];
}

export const alertGroupDecider: Decider<AlertGroupCommand, AlertGroup, AlertGroupEvent> = {
  initial: initialAlertGroup,
  decide: ({ seen, events }, state) => {
    if (seen !== state.version) throw rejected('too-many-conflicts', 'the group of alerts has changed since it was looked at');
    return events;
  },
  evolve: evolveAlertGroup,
};

/** One tool event may act on two alerts of a group: when the first was resolved before the event could join it. */
export const groupCommandId = (eventId: string, alertId: AlertId): string => `${eventId}/${alertId}`;
