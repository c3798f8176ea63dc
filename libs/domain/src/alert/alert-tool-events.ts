import { rejected } from '../rejection';
import { plusMinutes, type Instant } from '../time';
import type { AlertCommandOf, ToolKey } from './alert-commands';
import type { AlertEvent } from './alert-events';
import { normaliseAlertKey, type OpenKey } from './alert-key';
import { isOver, openKey } from './alert-keys';
import { priorityRaised } from './alert-paging';
import type { OpenAlert, RaisedAlert } from './alert-state';

/** Up to here each repeat is on record; after it an hourly count, so that a noisy tool cannot fill the store. */
export const REPEATS_RECORDED_ONE_BY_ONE = 100;
const COUNTED_EVERY_MIN = 60;

const open = ({ key, episode }: ToolKey): OpenKey => {
  const normalised = normaliseAlertKey(key) ?? '';
  return episode === undefined ? { key: normalised } : { key: normalised, episode };
};

const isTimeToCount = (state: OpenAlert, at: Instant): boolean =>
  state.repeats.recorded < REPEATS_RECORDED_ONE_BY_ONE ||
  state.repeats.lastAt === undefined ||
  at >= plusMinutes(state.repeats.lastAt, COUNTED_EVERY_MIN);

/** Keys of a group that fire or end with this event, as changes; the one key of an ungrouped alert is the alert itself. */
const keyChanges = (command: AlertCommandOf<'repeat'>, state: OpenAlert): readonly AlertEvent[] => {
  const { at, tool, summary } = command;
  const { alertId, keys } = state;
  const joined = command.firing
    .filter((key) => openKey(keys, open(key).key) === undefined)
    .map((key): AlertEvent => {
      const episode = key.episode === undefined ? {} : { episode: key.episode };
      return { type: 'KeyJoined', data: { alertId, at, alertKey: key.key, summary: key.summary ?? summary, ...episode, tool } };
    });
  return [...joined, ...resolvedKeys(command.resolved, state, command)];
};

const resolvedKeys = (
  resolved: readonly ToolKey[],
  state: RaisedAlert,
  { at, tool }: Pick<AlertCommandOf<'repeat'>, 'at' | 'tool'>,
): readonly AlertEvent[] =>
  resolved
    .filter((key) => concerns(key, state))
    .map(({ key, episode }) => ({
      type: 'KeyResolved',
      data: { alertId: state.alertId, at, alertKey: key, ...(episode === undefined ? {} : { episode }), tool },
    }));

/** The end of an episode that is over already says nothing about the one that is open (B18). */
const concerns = (key: ToolKey, { keys }: RaisedAlert): boolean => {
  const ended = open(key);
  return openKey(keys, ended.key) !== undefined && !isOver(keys, ended.key, ended.episode);
};

const leavesNothingOpen = (state: RaisedAlert, changes: readonly AlertEvent[]): boolean => {
  const left = new Set(state.keys.open.map(({ key }) => key));
  const had = left.size > 0;
  for (const change of changes) {
    if (change.type === 'KeyJoined') left.add(open({ key: change.data.alertKey }).key);
    if (change.type === 'KeyResolved') left.delete(open({ key: change.data.alertKey }).key);
  }
  return left.size === 0 && (had || changes.length > 0);
};

/** B17: a repeat never reopens and never lowers. On a resolved alert it is refused: the guard decides again, and opens another. */
export const repeat = (command: AlertCommandOf<'repeat'>, state: RaisedAlert): readonly AlertEvent[] => {
  if (state.status === 'resolved')
    throw rejected('alert-already-resolved', 'a repeat never reopens', { resource: { type: 'alert', id: state.alertId } });
  const { at, by, tool, summary, details, alertKey, unrecorded = 0 } = command;
  const { alertId } = state;
  const episodes = command.firing.map(open).filter(({ key, episode }) => {
    const known = openKey(state.keys, key);
    return known !== undefined && episode !== undefined && known.episode !== episode;
  });
  const changes: AlertEvent[] = [];
  if (command.priority === 'HIGH') changes.push(...priorityRaised(state, by, at, { tool }));
  const isNewText = summary !== state.summary || (details !== undefined && details !== state.details);
  if (state.keys.grouping === 'key' && isNewText) {
    const text = { summary, ...(details === undefined ? {} : { details }), before: state.summary };
    changes.push({ type: 'AlertSummaryChanged', data: { alertId, at, ...text, tool } });
  }
  const keys = keyChanges(command, state);
  changes.push(...keys);
  if (keys.some(({ type }) => type === 'KeyResolved') && leavesNothingOpen(state, keys)) {
    changes.push({ type: 'AlertResolved', data: { alertId, at, by, cause: 'tool', tool } });
  }
  if (!isTimeToCount(state, at) && episodes.length === 0) return changes;
  const count = state.repeats.recorded < REPEATS_RECORDED_ONE_BY_ONE ? 1 : 1 + unrecorded;
  const named = alertKey === undefined ? {} : { alertKey };
  const followed = episodes.length === 0 ? {} : { episodes };
  return [{ type: 'AlertRepeated', data: { alertId, at, ...named, summary, count, ...followed, tool } }, ...changes];
};

type Ignored = Pick<AlertCommandOf<'recordToolEventIgnored'>, 'at' | 'alertKey' | 'tool'>;

const ignored = ({ at, alertKey, tool }: Ignored, eventType: string, reason: string, { alertId }: RaisedAlert): readonly AlertEvent[] => [
  { type: 'ToolEventIgnored', data: { alertId, at, eventType, ...(alertKey === undefined ? {} : { alertKey }), reason, tool } },
];

/** Late firings are bounded as repeats are: their reason stays the same, so that none has to be recognised to be ignored. */
export const recordToolEventIgnored = (command: AlertCommandOf<'recordToolEventIgnored'>, state: RaisedAlert): readonly AlertEvent[] =>
  command.eventType === 'ALERT' && state.ignored >= REPEATS_RECORDED_ONE_BY_ONE
    ? []
    : ignored(command, command.eventType, command.reason, state);

export const acceptByTool = (command: AlertCommandOf<'acceptByTool'>, state: RaisedAlert): readonly AlertEvent[] => {
  const { at, by, tool } = command;
  if (state.status === 'pending') return [{ type: 'AlertAccepted', data: { alertId: state.alertId, at, by, round: state.round, tool } }];
  return ignored(command, 'ACCEPT', state.status === 'accepted' ? 'already-accepted' : 'already-resolved', state);
};

/**
 * B19: one key of several, or the whole alert. What the tool ends on an alert that a person resolved before is recorded too,
 * so that a late firing of that episode is known for one (B18).
 */
export const resolveByTool = (command: AlertCommandOf<'resolveByTool'>, state: RaisedAlert): readonly AlertEvent[] => {
  const { at, by, tool, keys } = command;
  const { alertId } = state;
  const ended = resolvedKeys(keys, state, command);
  if (state.status === 'resolved') return ended.length > 0 ? ended : ignored(command, 'RESOLVE', 'already-resolved', state);
  const resolved: AlertEvent = { type: 'AlertResolved', data: { alertId, at, by, cause: 'tool', tool } };
  if (keys.length === 0) return [resolved];
  if (ended.length === 0) return ignored(command, 'RESOLVE', 'key-not-open', state);
  return leavesNothingOpen(state, ended) ? [...ended, resolved] : ended;
};
