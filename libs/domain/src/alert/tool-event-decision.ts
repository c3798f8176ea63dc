import { assertNever } from '../decider';
import type { AlertId } from '../ids';
import type { AlertCommand, ToolKey } from './alert-commands';
import type { ToolTrigger } from './alert-events';
import { wasApplied } from './alert-key';
import { isOver, openKey } from './alert-keys';
import { isOpen, type Alert, type OpenAlert, type ResolvedAlert } from './alert-state';
import { REPEATS_RECORDED_ONE_BY_ONE } from './alert-tool-events';
import { candidatesOf, heldByKey, meantWithoutKey, takenByMode, type Candidate } from './group-candidates';
import { alertGuardScope, asOpenKey, firingKeys, guardedKeys, resolvedKeys, type KeyedToolEvent } from './tool-event';
import {
  attached,
  defined,
  opening,
  reopening,
  type DroppedBecause,
  type ToolEventDecision,
  type ToolEventQuestion,
} from './tool-event-opening';

const drop = (reason: DroppedBecause): ToolEventDecision => ({ type: 'drop', reason });

/**
 * Which alert a tool event opens or belongs to (B17 to B20). When the guard changed meanwhile, or the alert refuses a repeat
 * because it was just resolved, read all again and ask again.
 */
export const decideToolEvent = (question: ToolEventQuestion): ToolEventDecision => {
  const { event, trigger, settings, group, alertOf } = question;
  if (alertGuardScope(event, settings, trigger.eventId) === undefined) return drop('key-required');
  const candidates = candidatesOf(event, settings, group, alertOf);
  const before = group.recent.find(({ eventId }) => eventId === trigger.eventId);
  if (before === undefined) {
    const isKnown = wasApplied(group.tool, trigger.eventId, trigger.position) || candidates.some(({ alert }) => knows(alert, trigger));
    if (isKnown) return drop('duplicate');
  } else {
    const alert = alertOf(before.alertId);
    if (before.did === 'opened') {
      return alert.status === 'absent' ? reopening(before.alertId, [], freshIn(candidates, event), question) : drop('duplicate');
    }
    // It joined on record, and its alert may not know yet. If that was resolved in between, the event counts as new.
    if (knows(alert, trigger)) return drop('duplicate');
  }
  return event.eventType === 'ALERT' ? alertFired(candidates, question) : addressed(candidates, question);
};

/** Whether the alert has had this event. */
export const knows = (alert: Alert, { eventId, position }: ToolTrigger): boolean =>
  alert.status !== 'absent' && wasApplied(alert.tool, eventId, position);

const isOverIn = (candidates: readonly Candidate[], key: ToolKey): Candidate | undefined => {
  const { key: normalised, episode } = asOpenKey(key);
  return candidates.find(({ alert }) => alert.status !== 'absent' && isOver(alert.keys, normalised, episode));
};

/** What fires with the event in an episode that the tool has not ended. */
const freshIn = (candidates: readonly Candidate[], event: KeyedToolEvent): readonly ToolKey[] =>
  firingKeys(event).filter((key) => isOverIn(candidates, key) === undefined);

/** A member of two groups of one source stays with the alert that it is open on (P2). */
const isOpenElsewhere = (candidates: readonly Candidate[], target: Candidate, key: ToolKey): boolean =>
  candidates.some(
    ({ entry, alert }) => entry.alertId !== target.entry.alertId && isOpen(alert) && openKey(alert.keys, asOpenKey(key).key) !== undefined,
  );

const alertFired = (candidates: readonly Candidate[], question: ToolEventQuestion): ToolEventDecision => {
  const { event, settings, trigger, at } = question;
  const firing = firingKeys(event);
  const fresh = freshIn(candidates, event);
  const resolved = resolvedKeys(event).filter((key) => isOverIn(candidates, key) === undefined);
  const late = firing.find((key) => isOverIn(candidates, key) !== undefined);
  const held = heldByKey(candidates, event, settings);
  if (fresh.length === 0 && (late !== undefined || event.members !== undefined)) {
    // Nothing in it fires anew. What it says has ended still counts for an alert that is open.
    if (held === undefined || resolved.length === 0 || !isOpen(held.alert)) {
      const of = late === undefined ? undefined : isOverIn(candidates, late);
      return of === undefined ? drop('nothing-firing') : logged(of.entry.alertId, 'episode-over', question);
    }
  }
  const target = held ?? takenByMode(candidates, event, settings);
  if (target === undefined)
    return unseenByFold(candidates, event) ? drop('received-before-resolution') : opening(fresh, candidates, question);
  const { alertId } = target.entry;
  const record = attached(target, candidates, question);
  const joining = fresh.filter((key) => !isOpenElsewhere(candidates, target, key));
  if (!isOpen(target.alert)) return reopening(alertId, record, joining, question);
  const { details, priority, alertKey } = event;
  const said = defined({ details, priority, alertKey });
  const summary = event.summary ?? target.alert.summary;
  const by = sourceOf(event);
  return {
    type: 'apply',
    alertId,
    record,
    command: { type: 'repeat', at, by, tool: trigger, summary, ...said, firing: joining, resolved },
  };
};

/** ACCEPT, RESOLVE and COMMENT: they never open anything. */
const addressed = (candidates: readonly Candidate[], question: ToolEventQuestion): ToolEventDecision => {
  const { event, settings, trigger: tool, at } = question;
  const isKeyless = guardedKeys(event).length === 0;
  if (isKeyless && settings.alertCreation !== 'ONE_PENDING_ALERT_ALLOWED' && settings.alertCreation !== 'ONE_OPEN_ALERT_ALLOWED') {
    return drop('key-required');
  }
  // It would leave nothing on record, and be taken for another one when it comes again after the alert is over.
  if (event.eventType === 'COMMENT' && (event.comments ?? []).length === 0) return drop('no-comment');
  const meant = isKeyless ? meantWithoutKey(candidates, settings) : heldByKey(candidates, event, settings);
  if (meant === 'ambiguous') return logged(newestOpen(candidates), 'ambiguous', question);
  if (meant === undefined) return endedAfterPerson(candidates, question);
  const { alertId } = meant.entry;
  const { alert } = meant;
  if (!isOpen(alert)) return drop('no-open-alert');
  const by = sourceOf(event);
  const named = defined({ alertKey: event.alertKey });
  switch (event.eventType) {
    case 'ALERT':
      throw new Error('an ALERT is not addressed to an alert');
    case 'ACCEPT':
      return { type: 'apply', alertId, record: [], command: { type: 'acceptByTool', at, by, tool, ...named } };
    case 'COMMENT':
      return { type: 'apply', alertId, record: [], command: { type: 'comment', at, by, comments: event.comments ?? [], tool } };
    case 'RESOLVE': {
      const all = resolvedKeys(event);
      const keys = all.filter((key) => isOverIn(candidates, key) === undefined);
      if (all.length > 0 && keys.length === 0) return logged(alertId, 'episode-over', question);
      return {
        type: 'apply',
        alertId,
        record: [],
        command: { type: 'resolveByTool', at, by, tool, ...named, keys: isWhole(keys, event, alert) ? [] : keys },
      };
    }
    default:
      return assertNever(event.eventType);
  }
};

/** The key is the alert: its end is told by the alert's end alone, unless it names an episode that is news. */
const isWhole = (keys: readonly ToolKey[], { members }: KeyedToolEvent, { keys: { grouping, open } }: OpenAlert): boolean => {
  const [only, ...others] = keys.map(asOpenKey);
  if (grouping === 'mode' || only === undefined || others.length > 0) return keys.length === 0;
  const known = open.find(({ key }) => key === only.key);
  // An alert of a group's members, named by the group's own key: all of it.
  if (known === undefined) return members === undefined;
  return open.length === 1 && (only.episode === undefined || only.episode === known.episode);
};

/** A person resolved the alert before the tool did: the end of the episode goes on record there (B18). */
const endedAfterPerson = (candidates: readonly Candidate[], question: ToolEventQuestion): ToolEventDecision => {
  const { event, trigger: tool, at } = question;
  const ended = resolvedKeys(event);
  const of = candidates.find(
    ({ alert }) => alert.status === 'resolved' && ended.some((key) => openKey(alert.keys, asOpenKey(key).key) !== undefined),
  );
  if (event.eventType !== 'RESOLVE' || of === undefined) return drop('no-open-alert');
  const by = sourceOf(event);
  return { type: 'apply', alertId: of.entry.alertId, record: [], command: { type: 'resolveByTool', at, by, tool, keys: ended } };
};

/**
 * After a hundred repeats they are no longer on record one by one, so that a redelivery of one is not recognised. But what
 * was received before a person resolved the alert had been seen when they did, or would have been a repeat.
 */
const unseenByFold = (candidates: readonly Candidate[], event: KeyedToolEvent): boolean =>
  candidates
    .map(({ alert }) => alert)
    .filter((alert): alert is ResolvedAlert => alert.status === 'resolved')
    .some(
      ({ cause, repeats, resolvedAt }) =>
        cause !== 'tool' && repeats.recorded >= REPEATS_RECORDED_ONE_BY_ONE && event.receivedAt <= resolvedAt,
    );

const logged = (
  alertId: AlertId | undefined,
  reason: DroppedBecause,
  { event, trigger: tool, at }: ToolEventQuestion,
): ToolEventDecision => {
  if (alertId === undefined) return drop(reason);
  const { eventType, alertKey } = event;
  const command: AlertCommand = { type: 'recordToolEventIgnored', at, eventType, ...defined({ alertKey }), reason, tool };
  return { type: 'apply', alertId, record: [], command };
};

const newestOpen = (candidates: readonly Candidate[]): AlertId | undefined => candidates.find(({ alert }) => isOpen(alert))?.entry.alertId;

const sourceOf = ({ sourceId }: KeyedToolEvent) => ({ type: 'source', sourceId }) as const;

/** Whether the guard of a former grouping has the last word on the event: it belongs to what was opened then (P2). */
export const isSettledThere = (
  decision: ToolEventDecision,
  { eventType }: Pick<KeyedToolEvent, 'eventType'>,
  alertOf: ToolEventQuestion['alertOf'],
): boolean => {
  switch (decision.type) {
    case 'drop':
      return decision.reason === 'duplicate';
    case 'open':
      return decision.alertId !== undefined;
    case 'apply':
      return eventType === 'ALERT' || isOpen(alertOf(decision.alertId));
  }
};
