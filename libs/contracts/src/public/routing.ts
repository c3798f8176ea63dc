import { toIso } from '@tocsin/domain';
import type { AlertSource, EscalationPolicy, EscalationRule, ScheduleId, Subscriber } from '@tocsin/domain';
import type { ResourceLookup } from './lookup';
import { publicTeamRels, publicUserRel } from './people';
import type { PublicTeamRel, PublicUserRel } from './people';
import { publicPriorityRule } from './support-hours';
import type { PublicPriorityBySupportHours } from './support-hours';

/** Of what is not shown whole, or is gone. */
export interface PublicNamed {
  readonly id: number;
  readonly name: string;
}

export interface PublicScheduleRel {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

export interface PublicEscalationRule {
  readonly escalationTimeout: number;
  readonly users: readonly PublicUserRel[];
  readonly schedules: readonly PublicScheduleRel[];
  readonly teams: readonly PublicTeamRel[];
}

export interface PublicEscalationPolicy {
  readonly id: number;
  readonly name: string;
  readonly escalationRules: readonly PublicEscalationRule[];
  readonly repeating: boolean;
  readonly frequency: number;
  readonly delayMin: number;
  readonly routingKey?: string;
  readonly teams: readonly PublicTeamRel[];
}

/** Somebody who hears of alerts without being paged for them. */
export interface PublicSubscriber extends PublicNamed {
  readonly type: 'USER' | 'TEAM';
}

export interface PublicAlertSource extends PublicPriorityBySupportHours {
  readonly id: number;
  readonly name: string;
  readonly integrationType: string;
  /** null for those who may not see it. */
  readonly integrationKey: string | null;
  readonly integrationUrl: string | null;
  readonly escalationPolicy: PublicEscalationPolicy | { readonly id: number };
  readonly alertCreation: string;
  readonly alertGroupingWindow?: string;
  readonly autoResolutionTimeout?: string;
  readonly severity?: number;
  readonly active: boolean;
  readonly status: AlertSourceStatus;
  /** As older clients sent it. */
  readonly filterOperator?: string;
  readonly resolveFilterOperator?: string;
  readonly teams: readonly PublicTeamRel[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type AlertSourceStatus = 'PENDING' | 'ALL_ACCEPTED' | 'ALL_RESOLVED' | 'DISABLED';

/** What depends on who asks and on the alerts of the moment. */
export interface AlertSourceState {
  readonly integrationKey: string | null;
  readonly integrationUrl: string | null;
  readonly status: AlertSourceStatus;
}

export const publicScheduleRel = (id: ScheduleId, lookup: ResourceLookup): PublicScheduleRel[] => {
  const schedule = lookup.get('schedule', id);
  if (schedule !== undefined) return [{ id, name: schedule.name, type: schedule.type }];
  const hidden = lookup.hidden?.('schedule', id);
  return hidden === undefined ? [] : [{ id, name: 'hidden schedule', type: hidden.type }];
};

/** Those who are gone are left out, and those who are hidden. */
export const publicSubscribers = (subscribers: readonly Subscriber[], lookup: ResourceLookup): readonly PublicSubscriber[] =>
  subscribers.flatMap((subscriber): PublicSubscriber[] => {
    if (subscriber.type === 'team') {
      const team = lookup.get('team', subscriber.teamId);
      return team === undefined ? [] : [{ id: team.id, name: team.name, type: 'TEAM' }];
    }
    const user = lookup.get('user', subscriber.userId);
    return user === undefined ? [] : [{ id: user.id, name: `${user.firstName} ${user.lastName}`.trim(), type: 'USER' }];
  });

export const publicRule = ({ escalationTimeoutMin, targets }: EscalationRule, lookup: ResourceLookup): PublicEscalationRule => ({
  escalationTimeout: escalationTimeoutMin,
  users: targets.flatMap((target) => (target.type === 'user' ? [publicUserRel(target.userId, lookup)] : [])),
  schedules: targets.flatMap((target) => (target.type === 'schedule' ? publicScheduleRel(target.scheduleId, lookup) : [])),
  teams: targets.flatMap((target) => (target.type === 'team' ? publicTeamRels([target.teamId], lookup) : [])),
});

export const publicPolicy = (policy: EscalationPolicy, lookup: ResourceLookup): PublicEscalationPolicy => ({
  id: policy.id,
  name: policy.name,
  escalationRules: policy.rules.map((rule) => publicRule(rule, lookup)),
  repeating: policy.repeating,
  frequency: policy.frequency,
  delayMin: policy.delayMin,
  ...(policy.routingKey === undefined ? {} : { routingKey: policy.routingKey }),
  teams: publicTeamRels(policy.teamIds, lookup),
});

export const publicSource = (source: AlertSource, state: AlertSourceState, lookup: ResourceLookup): PublicAlertSource => {
  const policy = lookup.get('policy', source.escalationPolicyId);
  return {
    ...source.echoed,
    id: source.id,
    name: source.name,
    integrationType: source.integrationType,
    integrationKey: state.integrationKey,
    integrationUrl: state.integrationUrl,
    escalationPolicy: policy === undefined ? { id: source.escalationPolicyId } : publicPolicy(policy, lookup),
    alertCreation: source.alertCreation,
    ...(source.alertGroupingWindow === undefined ? {} : { alertGroupingWindow: source.alertGroupingWindow }),
    ...(source.autoResolutionTimeout === undefined ? {} : { autoResolutionTimeout: source.autoResolutionTimeout }),
    ...publicPriorityRule(source, lookup),
    ...(source.severity === undefined ? {} : { severity: source.severity }),
    active: source.active,
    status: source.active ? state.status : 'DISABLED',
    teams: publicTeamRels(source.teamIds, lookup),
    createdAt: toIso(source.createdAt),
    updatedAt: toIso(source.updatedAt),
  };
};
