import { toIso } from '@tocsin/domain';
import type { AlertAction, AlertFilter, Connector } from '@tocsin/domain';
import type { ResourceLookup } from './lookup';
import { publicTeamRels } from './people';
import type { PublicTeamRel, PublicUserRel } from './people';
import type { PublicNamed } from './routing';

type Params = Readonly<Record<string, unknown>>;

/** Ids of connectors and alert actions are texts. */
export interface PublicConnector {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** With the secrets, for those who may change them. */
  readonly params: Params;
}

export interface PublicAlertAction {
  readonly id: string;
  readonly name: string;
  readonly alertSources: readonly PublicNamed[];
  readonly alertSourceIds: readonly number[];
  readonly connectorId?: string;
  readonly connectorType: string;
  readonly triggerMode: 'AUTOMATIC' | 'MANUAL';
  readonly triggerTypes: readonly string[];
  readonly bidirectional: false;
  readonly escalationEndedDelaySec?: number;
  readonly notResolvedDelaySec?: number;
  /** Empty: none. */
  readonly conditions: string;
  readonly alertFilter?: AlertFilter;
  readonly params: Params;
  readonly teams: readonly PublicTeamRel[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PublicAlertActionResult {
  /** The delivery id that the receiver was given. */
  readonly id: string;
  readonly alertActionId: string;
  readonly connectorId?: string;
  readonly alertId: number;
  readonly success: boolean;
  /** Who asked for it. */
  readonly actor?: PublicUserRel;
  /** Additive: what set it off, when, and how it stands. */
  readonly triggerType: string;
  readonly time: string;
  readonly state: string;
  readonly reason?: string;
  /** For administrators: what the other system answered. */
  readonly response?: { readonly status?: number; readonly body?: string };
}

export interface PublicAlertActionTrigger {
  readonly alertActionId: string;
  readonly connectorId?: string;
  readonly type: string;
  readonly name: string;
  readonly history: readonly PublicAlertActionResult[];
}

export const publicConnector = ({ id, type, name, createdAt, updatedAt }: Connector, params: Params): PublicConnector => ({
  id: String(id),
  type,
  name,
  createdAt: toIso(createdAt),
  updatedAt: toIso(updatedAt),
  params,
});

export const publicAlertAction = (action: AlertAction, params: Params, lookup: ResourceLookup): PublicAlertAction => {
  const { id, name, type, connectorId, sourceIds, triggerMode, triggerTypes, teamIds, createdAt, updatedAt } = action;
  return {
    id: String(id),
    name,
    alertSources: sourceIds.map((sourceId) => ({ id: sourceId, name: lookup.get('source', sourceId)?.name ?? '' })),
    alertSourceIds: sourceIds,
    ...(connectorId === undefined ? {} : { connectorId: String(connectorId) }),
    connectorType: type,
    triggerMode,
    triggerTypes,
    bidirectional: false,
    ...(action.escalationEndedDelaySec === undefined ? {} : { escalationEndedDelaySec: action.escalationEndedDelaySec }),
    ...(action.notResolvedDelaySec === undefined ? {} : { notResolvedDelaySec: action.notResolvedDelaySec }),
    conditions: action.conditions ?? '',
    ...(action.alertFilter === undefined ? {} : { alertFilter: action.alertFilter }),
    params,
    teams: publicTeamRels(teamIds, lookup),
    createdAt: toIso(createdAt),
    updatedAt: toIso(updatedAt),
  };
};
