import type { AlertId } from '../ids';
import type { Instant } from '../time';
import type { AlertCommand, ToolKey } from './alert-commands';
import type { AlertEventOf, ToolTrigger } from './alert-events';
import type { AlertGroup, AlertGroupEvent } from './alert-group';
import type { OpenKey } from './alert-key';
import type { Alert } from './alert-state';
import { newlyClosed, type Candidate } from './group-candidates';
import { asOpenKey, guardedKeys, type GroupingSettings, type KeyedToolEvent } from './tool-event';

export interface ToolEventQuestion {
  readonly event: KeyedToolEvent;
  readonly trigger: ToolTrigger;
  readonly at: Instant;
  readonly settings: GroupingSettings;
  readonly group: AlertGroup;
  /** State of each alert that `alertsToLookUp` named. */
  alertOf(alertId: AlertId): Alert;
}

export type DroppedBecause =
  | 'duplicate'
  | 'key-required'
  | 'no-comment'
  | 'no-open-alert'
  | 'episode-over'
  | 'ambiguous'
  | 'nothing-firing'
  | 'received-before-resolution';

/** What only the guard knows of an alert that is to be raised; the rest comes from the event and its source. */
export type GuardedAlert = Pick<AlertEventOf<'AlertRaised'>['data'], 'alertKey' | 'grouping' | 'openKeys' | 'tool'>;

export type ToolEventDecision =
  /** `alertId` is set when the guard has it on record already: create `alert-<alertId>`, again if need be. Else allocate one. */
  | {
      readonly type: 'open';
      readonly alertId?: AlertId;
      /** What to append to the guard first; empty when it is on record. */
      record(alertId: AlertId): readonly AlertGroupEvent[];
      readonly alert: GuardedAlert;
    }
  | { readonly type: 'apply'; readonly alertId: AlertId; readonly record: readonly AlertGroupEvent[]; readonly command: AlertCommand }
  | { readonly type: 'drop'; readonly reason: DroppedBecause };

export const opening = (
  fresh: readonly ToolKey[],
  candidates: readonly Candidate[],
  { event, trigger, settings, group, alertOf }: ToolEventQuestion,
): ToolEventDecision => ({
  type: 'open',
  record: (alertId) => {
    const { receivedAt: at, summary = '' } = event;
    const data = { alertId, at, summary, keys: guardedKeys(event), trigger, closed: newlyClosed(candidates, group, alertOf) };
    return [{ type: 'AlertOpenedForKey', data: { ...data, ...defined({ alertKey: event.alertKey }) } }];
  },
  alert: guarded(fresh, event, trigger, settings),
});

/** The guard has the alert on record and its stream was not made: by this event, or by one that is parked. */
export const reopening = (
  alertId: AlertId,
  record: readonly AlertGroupEvent[],
  fresh: readonly ToolKey[],
  { event, trigger, settings }: ToolEventQuestion,
): ToolEventDecision => ({
  type: 'open',
  alertId,
  record: () => record,
  alert: guarded(fresh, event, trigger, settings),
});

const guarded = (firing: readonly ToolKey[], event: KeyedToolEvent, tool: ToolTrigger, settings: GroupingSettings): GuardedAlert => {
  const openKeys: OpenKey[] = [...new Map(firing.map(asOpenKey).map((key) => [key.key, key])).values()];
  const grouping = settings.alertCreation === 'ONE_ALERT_PER_EMAIL' ? 'key' : 'mode';
  return { ...defined({ alertKey: event.alertKey }), grouping, openKeys, tool };
};

/** In a source's guard each key says which alert it went to; a key's own guard is about nothing else. */
export const attached = (
  { entry }: Candidate,
  candidates: readonly Candidate[],
  { event, trigger, settings, at, group, alertOf }: ToolEventQuestion,
): readonly AlertGroupEvent[] => {
  const keys = guardedKeys(event).filter((key) => !entry.keys.includes(key));
  if (settings.alertCreation === 'ONE_ALERT_PER_EMAIL' || keys.length === 0) return [];
  return [{ type: 'KeyAttached', data: { alertId: entry.alertId, at, keys, trigger, closed: newlyClosed(candidates, group, alertOf) } }];
};

type WithoutHoles<Data> = {
  readonly [Key in keyof Data as undefined extends Data[Key] ? never : Key]: Data[Key];
} & { readonly [Key in keyof Data as undefined extends Data[Key] ? Key : never]?: Exclude<Data[Key], undefined> };

/** Without the keys whose value is undefined, so that stored events have no holes. */
export const defined = <Data extends object>(data: Data): WithoutHoles<Data> =>
  Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as WithoutHoles<Data>;
