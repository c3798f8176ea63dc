import type { AlertFilter } from '@tocsin/domain';
import type { PublicAlertAction, PublicAlertActionResult, PublicAlertActionTrigger, PublicConnector } from '../public/alert-actions';
import { TeamRel, UserRel } from './people';
import { Named } from './routing';
import { flag, id, listOf, maybe, named, object, openObject, text, time, whole, words } from './shape';

export const Connector = named(
  'Connector',
  object<PublicConnector>({ id: text, type: text, name: text, createdAt: time, updatedAt: time, params: openObject }),
);

export const AlertAction = named(
  'AlertAction',
  object<PublicAlertAction>({
    id: text,
    name: text,
    alertSources: listOf(Named),
    alertSourceIds: listOf(id),
    connectorId: maybe(text),
    connectorType: text,
    triggerMode: words('AUTOMATIC', 'MANUAL'),
    triggerTypes: listOf(text),
    bidirectional: { schema: { type: 'boolean', enum: [false] } },
    escalationEndedDelaySec: maybe(whole),
    notResolvedDelaySec: maybe(whole),
    conditions: text,
    alertFilter: maybe(
      object<AlertFilter>({
        operator: text,
        predicates: listOf(object<AlertFilter['predicates'][number]>({ field: text, criteria: text, value: text })),
      }),
    ),
    params: openObject,
    teams: listOf(TeamRel),
    createdAt: time,
    updatedAt: time,
  }),
);

export const AlertActionResult = named(
  'AlertActionResult',
  object<PublicAlertActionResult>({
    id: text,
    alertActionId: text,
    connectorId: maybe(text),
    alertId: id,
    success: flag,
    actor: maybe(UserRel),
    triggerType: text,
    time,
    state: text,
    reason: maybe(text),
    response: maybe(object<NonNullable<PublicAlertActionResult['response']>>({ status: maybe(whole), body: maybe(text) })),
  }),
);

export const AlertActionTrigger = named(
  'AlertActionTrigger',
  object<PublicAlertActionTrigger>({
    alertActionId: text,
    connectorId: maybe(text),
    type: text,
    name: text,
    history: listOf(AlertActionResult),
  }),
);
