import type { AlertSourceId } from '../ids';
import type { Instant } from '../time';
import type { DroppedBecause } from './tool-event-opening';

/** Why a tool event had no effect. */
export type WhyWithoutEffect = Exclude<DroppedBecause, 'duplicate'> | 'source-inactive';

/** The event log of an alert source, in `sourcelog-<sourceId>-<day>`: what it sent that had no effect, and why (B20). */
export type SourceLogEvent =
  /** `at` is when it was received. */
  | {
      readonly type: 'ToolEventDropped';
      readonly data: {
        readonly sourceId: AlertSourceId;
        readonly at: Instant;
        readonly eventType: string;
        readonly alertKey?: string;
        readonly reason: WhyWithoutEffect;
      };
    }
  /** Of one hour, beyond those on record one by one: at least so many of each reason. */
  | {
      readonly type: 'ToolEventsDropped';
      readonly data: {
        readonly sourceId: AlertSourceId;
        /** The beginning of the hour. */
        readonly at: Instant;
        readonly counts: Readonly<Partial<Record<WhyWithoutEffect, number>>>;
      };
    };
