import type { ScheduleId } from '../ids';
import type { Instant } from '../time';

/** What has been told of a schedule, in `duty-<schedule id>`. */
export interface DutiesTold {
  readonly type: 'DutiesTold';
  readonly data: {
    readonly scheduleId: ScheduleId;
    readonly at: Instant;
    /** Everything that was due until then has been told. */
    readonly upTo: Instant;
    /** Revision of the schedule up to which edits have been told. */
    readonly revision: number;
    /** When there may be something to tell next; null: not before somebody edits the schedule. */
    readonly nextAt: Instant | null;
  };
}

export const dutyStream = (scheduleId: number): string => `duty-${scheduleId}`;
