import { conditionOf } from '../alert-action/action-conditions';
import { placesIn } from '../condition/expression';
import type { Place } from '../condition/expression';
import type { ConnectorId } from '../ids';
import type { Instant } from '../time';
import type { ConfigurationLookup } from './configuration-lookup';
import { invalidSetting, naming, refuseWhileNamed } from './refusals';
import type { AlertAction, Connector, ConnectorType, TypeParams } from './resources';

export interface ConnectorRequest extends TypeParams {
  readonly name: string;
  readonly type: ConnectorType;
}

export const createConnector = (id: ConnectorId, request: ConnectorRequest, { now }: { readonly now: Instant }): Connector => ({
  id,
  ...request,
  createdAt: now,
  updatedAt: now,
});

/** The whole connector anew, but for its type. @throws Rejection `invalid` */
export const replaceConnector = (current: Connector, request: ConnectorRequest, { now }: { readonly now: Instant }): Connector => {
  if (request.type !== current.type) throw invalidSetting('type', `is ${current.type} and cannot be changed: create another connector`);
  return { id: current.id, ...request, createdAt: current.createdAt, updatedAt: now };
};

/** A connector that an action works with stays. @throws Rejection `still-in-use` */
export const refuseUsedConnector = (connector: Connector, actions: readonly AlertAction[]): void =>
  refuseUsed(
    `connector ${connector.id}`,
    actions.filter(({ connectorId }) => connectorId === connector.id),
  );

/** A source that an action names stays: an action without sources is one for all of them. @throws Rejection `still-in-use` */
export const refuseUsedSource = (
  { id }: { readonly id: number },
  actions: readonly AlertAction[],
  seen?: Pick<ConfigurationLookup, 'hidden'>,
): void =>
  refuseUsed(
    `alert source ${id}`,
    actions.filter(({ sourceIds }) => sourceIds.some((sourceId) => sourceId === id)),
    seen,
  );

/** A schedule that conditions ask for stays: without it they would say nothing. @throws Rejection `still-in-use` */
export const refuseAskedSchedule = (
  { id }: { readonly id: number },
  actions: readonly AlertAction[],
  seen?: Pick<ConfigurationLookup, 'hidden'>,
): void => refuseUsed(`schedule ${id}`, askingFor({ type: 'ON_CALL_SCHEDULE', id }, actions), seen);

/** As with schedules. @throws Rejection `still-in-use` */
export const refuseAskedSupportHour = (
  { id }: { readonly id: number },
  actions: readonly AlertAction[],
  seen?: Pick<ConfigurationLookup, 'hidden'>,
): void => refuseUsed(`support hour ${id}`, askingFor({ type: 'SUPPORT_HOUR', id }, actions), seen);

const askingFor = ({ type, id }: Place, actions: readonly AlertAction[]): readonly AlertAction[] =>
  actions.filter((action) => {
    const condition = conditionOf(action);
    return condition !== undefined && placesIn(condition).some((place) => place.type === type && place.id === id);
  });

const refuseUsed = (named: string, by: readonly AlertAction[], seen?: Pick<ConfigurationLookup, 'hidden'>): void =>
  refuseWhileNamed({ named, how: 'is used by', by: naming('alertaction', 'alert-action', by) }, seen);
