import type { AlertPriority, AlertSourceId, EventComment, EventImage, EventLink, Instant, IntegrationType } from '@tocsin/domain';

export type ToolEventType = 'ALERT' | 'ACCEPT' | 'RESOLVE' | 'COMMENT';

/** What a tool's payload means, after mapping by its integration. One request may carry several. */
export interface MappedEvent {
  readonly eventType: ToolEventType;
  readonly summary?: string;
  readonly details?: string;
  /** As the tool gave it; matching trims it and ignores case. */
  readonly alertKey?: string;
  /** Distinguishes episodes of one key: start time or the like, where the tool has one (B18). */
  readonly episode?: string;
  /**
   * Members with their own state, for tools that post whole groups: fingerprint, episode, firing or resolved (B18, B19). Those not
   * listed keep the state they had: an alert left open is seen by somebody, one resolved by mistake by nobody.
   */
  readonly members?: readonly {
    readonly key: string;
    readonly episode: string;
    readonly state: 'firing' | 'resolved';
    readonly summary: string;
  }[];
  readonly priority?: AlertPriority;
  readonly severity?: number;
  readonly images?: readonly EventImage[];
  readonly links?: readonly EventLink[];
  readonly comments?: readonly EventComment[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly customDetails?: Readonly<Record<string, unknown>>;
  readonly routingKey?: string;
}

/** `ToolEvent` version 1, topic `tool-events`. */
export interface ToolEvent extends MappedEvent {
  readonly sourceId: AlertSourceId;
  /** Revision of the source's stream when the event was taken. */
  readonly sourceRevision: number;
  readonly integrationType: IntegrationType;
  readonly receivedAt: Instant;
}
