import { isLater } from '@tocsin/domain';
import type {
  Actor,
  AlertEvent,
  AlertId,
  AlertPriority,
  AlertRoute,
  AlertSourceId,
  EscalationEvent,
  EscalationPolicyId,
  EscalationRule,
  EscalationStep,
  EventImage,
  EventLink,
  Instant,
  UserId,
} from '@tocsin/domain';

export interface ResponderDocument {
  readonly userId: UserId;
  readonly status: 'PENDING' | 'ACCEPTED';
  readonly acceptedAt?: Instant;
}

/** What the API answers of an alert, less what is nested from configuration when it is read (source, policy, names). */
export interface AlertDocument {
  readonly id: AlertId;
  readonly status: 'PENDING' | 'ACCEPTED' | 'RESOLVED';
  readonly summary: string;
  readonly details?: string;
  readonly reportTime: Instant;
  readonly resolvedOn?: Instant;
  readonly sourceId: AlertSourceId;
  /** null when the alert is routed to people only. */
  readonly policyId: EscalationPolicyId | null;
  readonly priority: AlertPriority;
  readonly severity?: number;
  readonly alertKey?: string;
  readonly images: readonly EventImage[];
  readonly links: readonly EventLink[];
  readonly labels: Readonly<Record<string, string>>;
  readonly customDetails?: Readonly<Record<string, unknown>>;
  readonly route: AlertRoute;
  readonly responders: readonly ResponderDocument[];
  /** Who accepted last, else who was paged last. */
  readonly assignedTo?: UserId;
  readonly acceptedBy?: Actor;
  readonly resolvedBy?: Actor;
  /** The level that comes due next, while one is planned; `ruleIndex` counts in the expanded rules. */
  readonly next?: { readonly dueAt: Instant; readonly ruleIndex: number };
  /** The level that was reached last. */
  readonly step?: EscalationStep;
  /** The first level has been answered: somebody was paged, or nobody could be (B2). */
  readonly firstLevelDone: boolean;
}

/**
 * The pure projection of one alert's streams (`alert-<id>`, `escalation-<id>`) to its document. The view applies it to the
 * log; an answer that cannot wait for the view applies it to the streams.
 */
export const evolveAlertDocument = (
  document: AlertDocument | undefined,
  event: AlertEvent | EscalationEvent,
): AlertDocument | undefined => {
  if (event.type === 'AlertRaised') return raised(event);
  if (document === undefined) return undefined;
  switch (event.type) {
    case 'AlertSummaryChanged':
      return { ...document, summary: event.data.summary, ...(event.data.details === undefined ? {} : { details: event.data.details }) };
    case 'AlertPriorityRaised':
      return { ...document, priority: 'HIGH' };
    case 'RespondersActivated':
      return event.data.responders.reduce<AlertDocument>((soFar, { userId }) => withPending(soFar, userId), {
        ...document,
        step: furthest(document, event.data.step),
        firstLevelDone: true,
      });
    case 'LevelSkipped':
      return { ...document, step: furthest(document, event.data.step) };
    case 'NobodyOnCall':
      return { ...document, step: event.data.step, firstLevelDone: true };
    case 'ResponderAdded':
      return withPending(document, event.data.userId);
    case 'ResponderRemoved':
      return withoutResponder(document, event.data.userId);
    case 'AlertAccepted':
      return { ...withAccepted(document, event.data.by, event.data.at), status: 'ACCEPTED', acceptedBy: event.data.by };
    case 'ResponderAccepted':
      return withAccepted(document, event.data.by, event.data.at);
    case 'AlertAssigned':
      return assigned(document, event);
    case 'EscalationRequested':
      return {
        ...withoutAcceptance(document),
        status: 'PENDING',
        step: { round: event.data.round, ...event.data.to },
        responders: document.responders.map(({ userId }) => ({ userId, status: 'PENDING' })),
      };
    case 'AlertResolved':
      return { ...withoutNext(document), status: 'RESOLVED', resolvedOn: event.data.at, resolvedBy: event.data.by };
    case 'LevelPlanned':
      return { ...document, next: { dueAt: event.data.dueAt, ruleIndex: event.data.ruleIndex } };
    case 'RetryPlanned':
      return { ...document, next: { dueAt: event.data.dueAt, ruleIndex: 0 } };
    case 'LevelDue':
    case 'EndPlanned':
    case 'EscalationHalted':
    case 'EscalationExhausted':
      return withoutNext(document);
    default:
      return document;
  }
};

/** A level that was left without a resolution may get it late. */
const furthest = ({ step }: AlertDocument, reached: EscalationStep): EscalationStep =>
  step !== undefined && isLater(step, reached) ? step : reached;

/** The rules as they run: repeated `frequency` times. `nextEscalationRuleIndex` counts in this list. */
export const expandedRules = (route: AlertRoute): readonly EscalationRule[] =>
  route.type === 'users'
    ? []
    : Array.from({ length: route.policy.repeating ? route.policy.frequency : 1 }, () => route.policy.rules).flat();

const raised = ({ data }: Extract<AlertEvent, { type: 'AlertRaised' }>): AlertDocument => ({
  id: data.alertId,
  status: 'PENDING',
  summary: data.summary,
  ...(data.details === undefined ? {} : { details: data.details }),
  reportTime: data.at,
  sourceId: data.sourceId,
  policyId: data.route.type === 'policy' ? data.route.policy.policyId : null,
  priority: data.priority,
  ...(data.severity === undefined ? {} : { severity: data.severity }),
  ...(data.alertKey === undefined ? {} : { alertKey: data.alertKey }),
  images: data.images,
  links: data.links,
  labels: data.labels,
  ...(data.customDetails === undefined ? {} : { customDetails: data.customDetails }),
  route: data.route,
  responders: data.route.type === 'users' ? data.route.userIds.map((userId) => ({ userId, status: 'PENDING' })) : [],
  firstLevelDone: data.route.type === 'users',
});

const assigned = (document: AlertDocument, { data }: Extract<AlertEvent, { type: 'AlertAssigned' }>): AlertDocument => {
  const fresh: AlertDocument = { ...withoutNext(withoutAcceptance(document)), status: 'PENDING', responders: [] };
  return data.to.type === 'policy'
    ? { ...fresh, policyId: data.to.policy.policyId, route: { type: 'policy', policy: data.to.policy } }
    : withPending({ ...fresh, route: { type: 'users', userIds: [data.to.userId] } }, data.to.userId);
};

const withPending = (document: AlertDocument, userId: UserId): AlertDocument => ({
  ...document,
  assignedTo: userId,
  responders: document.responders.some((responder) => responder.userId === userId)
    ? document.responders
    : [...document.responders, { userId, status: 'PENDING' }],
});

const withAccepted = (document: AlertDocument, by: Actor, at: Instant): AlertDocument => {
  if (by.type !== 'user') return withoutNext(document);
  const others = document.responders.filter((responder) => responder.userId !== by.userId);
  return {
    ...withoutNext(document),
    assignedTo: by.userId,
    responders: [...others, { userId: by.userId, status: 'ACCEPTED', acceptedAt: at }],
  };
};

const withoutResponder = (document: AlertDocument, userId: UserId): AlertDocument => {
  const responders = document.responders.filter((responder) => responder.userId !== userId);
  if (document.assignedTo !== userId) return { ...document, responders };
  const { assignedTo: _removed, ...rest } = document;
  const last = responders.at(-1);
  return last === undefined ? { ...rest, responders } : { ...rest, responders, assignedTo: last.userId };
};

const withoutNext = (document: AlertDocument): AlertDocument => {
  const { next: _planned, ...rest } = document;
  return rest;
};

/** A new round is nobody's yet. */
const withoutAcceptance = (document: AlertDocument): AlertDocument => {
  const { acceptedBy: _before, ...rest } = document;
  return rest;
};
