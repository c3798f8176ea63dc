import type { EventImage, EventLink } from '@tocsin/domain';
import type { PublicUserRel } from './people';
import type { PublicAlertSource, PublicEscalationPolicy, PublicEscalationRule, PublicNamed } from './routing';

export interface PublicResponder {
  readonly user: PublicUserRel;
  readonly status: 'PENDING' | 'ACCEPTED';
  readonly acceptedAt?: string;
}

export interface PublicAlert {
  readonly id: number;
  readonly summary: string;
  readonly details?: string;
  readonly reportTime: string;
  readonly resolvedOn?: string;
  readonly status: 'PENDING' | 'ACCEPTED' | 'RESOLVED';
  /** What was deleted has its id and says so. */
  readonly alertSource: PublicAlertSource | PublicNamed;
  /** null when it was given to certain people. */
  readonly escalationPolicy: PublicEscalationPolicy | PublicNamed | null;
  readonly priority: 'HIGH' | 'LOW';
  readonly alertKey?: string;
  /** Whoever accepted last, else the responder paged last (B4). */
  readonly assignedTo?: PublicUserRel;
  readonly nextEscalation?: string;
  /** From 0 in the rules repeated `frequency` times (B2). */
  readonly nextEscalationRuleIndex?: number;
  readonly nextEscalationUser?: PublicUserRel;
  readonly escalationRules: readonly PublicEscalationRule[];
  readonly images: readonly EventImage[];
  readonly links: readonly EventLink[];
  readonly responders: readonly PublicResponder[];
  readonly severity?: number;
  readonly labels: Readonly<Record<string, string>>;
  /** With `include=customDetails`. */
  readonly customDetails?: Readonly<Record<string, unknown>>;
  readonly mergeState: 'NONE';
  readonly acknowledgedBy?: PublicUserRel;
  readonly acknowledgedByType?: 'USER' | 'SOURCE';
  readonly resolvedBy?: PublicUserRel;
  readonly resolvedByType?: 'USER' | 'SOURCE';
}

export interface PublicNotification {
  readonly id: number;
  readonly method: string;
  /** Address or number; absent for PUSH, and when the contact is gone. */
  readonly target?: string;
  readonly subject: string;
  readonly alertId: number;
  /** Spelt as the published contract spells it. */
  readonly user: { readonly id: number; readonly firstname: string; readonly lastname: string };
  /** When it was handed over, or will be tried next. */
  readonly notificationTime: string;
  readonly status: 'SCHEDULED' | 'SUCCESS' | 'ERROR';
  readonly errorMessage?: string;
  /** Additive: what `status` is made of, and why. */
  readonly state: string;
  readonly reason?: string;
}

/** What a timeline can be filtered by; clients may ask for each, whether or not anything is of it yet. */
export const LOG_FILTER_TYPES = [
  ...(['NOTIFICATIONS', 'ALERT_SOURCE_EVENTS', 'CALL_ROUTING_EVENTS'] as const),
  ...(['ALERT_UPDATES', 'CONNECTOR_EVENTS', 'INCIDENT_COMMUNICATIONS'] as const),
] as const;
export type LogFilterType = (typeof LOG_FILTER_TYPES)[number];

export interface PublicLogEntry {
  /** Ordinal on the alert's timeline, from 1. */
  readonly id: number;
  readonly timestamp: string;
  readonly logEntryType: string;
  readonly text: string;
  readonly alertId: number;
  readonly filterTypes: readonly LogFilterType[];
  readonly vars: Readonly<Record<string, string>>;
}

export interface PublicSuggestedResponder {
  readonly group: 'USER' | 'ESCALATION_POLICY' | 'ON_CALL_SCHEDULE';
  /** Of the person, the policy or the schedule. */
  readonly id: number;
  readonly name: string;
  /** Choosing it would be refused. */
  readonly disabled: boolean;
}

export interface PublicCount {
  readonly count: number;
}
