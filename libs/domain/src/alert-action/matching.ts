import type { ConfigurationLookup } from '../configuration/configuration-lookup';
import type { AlertAction } from '../configuration/resources';
import { privateTeamsOf } from '../configuration/visibility';
import type { AlertSourceId } from '../ids';
import { plusMs, type Instant } from '../time';
import type { ActionCancelReason } from './action-events';
import type { PendingRun } from './action-state';
import type { TriggerType } from './trigger-types';

/** A run that an action is to make. */
export interface WantedRun {
  readonly trigger: TriggerType;
  readonly dueAt: Instant;
}

export const actsFor = ({ sourceIds }: AlertAction, sourceId: AlertSourceId): boolean =>
  sourceIds.length === 0 || sourceIds.includes(sourceId);

/** What it does happens to the alert, and would set it, or another one, off again: for one alert each of its triggers counts once. */
export const actsOnce = ({ type }: Pick<AlertAction, 'type'>): boolean => type === 'reroute';

/**
 * An action for all sources is not for those that private teams hide, unless it belongs to one of these teams: whoever sets one
 * up reads what it is told. One that names a source was set up by somebody who sees it.
 */
export const mayHearOf = ({ sourceIds, teamIds }: AlertAction, sourceId: AlertSourceId, configuration: ConfigurationLookup): boolean => {
  if (sourceIds.length > 0) return true;
  const hiding = privateTeamsOf(configuration.get('source', sourceId)?.teamIds ?? [], configuration);
  return hiding.length === 0 || hiding.some(({ id }) => teamIds.includes(id));
};

/** What an action that is there makes of the triggers of one fact, recorded at that time. */
export const wantedRuns = (
  action: AlertAction,
  {
    triggers,
    sourceId,
    at,
    isByAction = false,
  }: {
    readonly triggers: readonly TriggerType[];
    readonly sourceId: AlertSourceId;
    readonly at: Instant;
    /** An action has caused the fact. */
    readonly isByAction?: boolean;
  },
): readonly WantedRun[] => {
  if (action.triggerMode === 'MANUAL' || !actsFor(action, sourceId)) return [];
  if (isByAction && actsOnce(action)) return [];
  const { triggerTypes, escalationEndedDelaySec = 0, notResolvedDelaySec = 0 } = action;
  const heard = triggers.find((trigger) => triggerTypes.includes(trigger));
  const delaySec = heard === 'alert-escalation-ended' ? escalationEndedDelaySec : 0;
  const isWatched = triggers.includes('alert-created') && triggerTypes.includes('v-alert-not-resolved');
  return [
    ...(heard === undefined ? [] : [{ trigger: heard, dueAt: plusMs(at, delaySec * 1_000) }]),
    ...(isWatched ? [{ trigger: 'v-alert-not-resolved' as const, dueAt: plusMs(at, notResolvedDelaySec * 1_000) }] : []),
  ];
};

/** Why a run is not wanted any more: the action is not what it was, or what it was to watch for cannot come. */
export const stoppedRun = (
  { trigger, dueAt, at }: PendingRun,
  { action, alertStatus }: { readonly action: AlertAction | undefined; readonly alertStatus: 'PENDING' | 'ACCEPTED' | 'RESOLVED' },
): ActionCancelReason | undefined => {
  if (action === undefined) return 'action-deleted';
  if (trigger !== 'manual' && (action.triggerMode === 'MANUAL' || !action.triggerTypes.includes(trigger))) return 'switched-off';
  // One that waits watches for an alert that nobody answers.
  if (dueAt <= at || alertStatus === 'PENDING') return undefined;
  if (alertStatus === 'RESOLVED') return 'resolved';
  return trigger === 'alert-escalation-ended' ? 'accepted' : undefined;
};
