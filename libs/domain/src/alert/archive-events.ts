import type { AlertId } from '../ids';
import type { Instant } from '../time';

/** One stream, so that its last event says how far the archive is. */
export const ARCHIVE_STREAM = 'archive-alerts';

export interface ArchivedAlert {
  readonly alertId: AlertId;
  /** The last of the alert's own stream that was exported. */
  readonly revision: number;
  /** Streams of its notifications. */
  readonly notifications: readonly string[];
  /** Streams of what actions did for it; absent where there were none. */
  readonly actions?: readonly string[];
}

/** What is left of alerts in the log: each service that owns streams of them removes those, each view its documents. */
export interface ArchiveEvent {
  readonly type: 'AlertsArchived';
  readonly data: {
    readonly at: Instant;
    /** Durable before this event was appended. */
    readonly file: string;
    /** Position of the last resolution that was looked at: everything expired up to there has been exported. */
    readonly through: string;
    readonly alerts: readonly ArchivedAlert[];
  };
}
