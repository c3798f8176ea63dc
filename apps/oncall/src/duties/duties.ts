import type { SendDutyNotice } from '@tocsin/contracts';
import { changedDuties, Clock, dutiesDue, dutyStream, isConfigurationChange, messagePreferences, nextDutyDue } from '@tocsin/domain';
import type { Actor, ConfigurationEvent, DutiesTold, Instant, Schedule, ScheduleId, UserId } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';
import type { Logger } from '@tocsin/platform';
import { NotificationWishes } from '../notification-wishes';

/** Whoever hears of an edit later than this has seen the schedule since. */
const EDITS_TOLD_MS = 86_400_000;
const BY_ITSELF: Actor = { type: 'system', part: 'oncall' };

interface Edit {
  readonly revision: number;
  readonly at: Instant;
  readonly by: Actor;
  readonly before?: Schedule;
  readonly after?: Schedule;
}

/**
 * Tells people of their turns: before a shift begins, and when somebody else's edit changed their shifts. What was asked for
 * is recorded after, in a stream of the schedule's own: a crash in between asks once more, and each message is sent once.
 */
export class Duties {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly configuration: ConfigurationReader;
      readonly wishes: NotificationWishes;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {}

  /** Asks for everything that is due by now, and records when to look next. @throws EventStoreFault, MessageBusFault */
  async tell(scheduleId: ScheduleId): Promise<void> {
    const { eventStore, configuration, clock } = this.parts;
    const stream = dutyStream(scheduleId);
    const last = await eventStore.readLast(stream);
    const told = last === undefined ? undefined : eventOf<DutiesTold>(last).data;
    const edits = editsOf(await eventStore.readStream(`schedule-${scheduleId}`));
    const newest = edits.at(-1);
    // People may have said a moment ago, on another replica, how they want to be told.
    await configuration.upToDate();
    const now = clock.now();
    for (const edit of edits)
      if (edit.revision > (told?.revision ?? -1) && edit.at > now - EDITS_TOLD_MS) await this.tellOfEdit(scheduleId, edit);
    const schedule = newest?.after;
    if (schedule !== undefined && told !== undefined) await this.tellOfTurns(schedule, told.upTo, now);
    const nextAt = schedule === undefined ? null : (this.readable(scheduleId, () => nextDutyDue(schedule, now)) ?? null);
    const event: DutiesTold = { type: 'DutiesTold', data: { scheduleId, at: now, upTo: now, revision: newest?.revision ?? -1, nextAt } };
    await eventStore.append(stream, last?.revision ?? 'no_stream', [
      {
        id: newUuid(),
        ...event,
        metadata: { schemaVersion: 1, time: now, actor: BY_ITSELF, correlationId: stream, causationId: stream },
      },
    ]);
  }

  private async tellOfTurns(schedule: Schedule, after: Instant, now: Instant): Promise<void> {
    for (const { userId, shiftStart, beforeMin, dueAt } of this.readable(schedule.id, () => dutiesDue(schedule, after, now)) ?? []) {
      if (!this.wants(userId, beforeMin)) continue;
      await this.ask({ userId, scheduleId: schedule.id, at: dueAt, about: { type: 'begins', shiftStart, beforeMin } });
    }
  }

  private async tellOfEdit(scheduleId: ScheduleId, { revision, at, by, before, after }: Edit): Promise<void> {
    for (const { userId } of this.readable(scheduleId, () => changedDuties(before, after, at)) ?? []) {
      if ((by.type === 'user' && by.userId === userId) || !this.wants(userId)) continue;
      await this.ask({ userId, scheduleId, at, about: { type: 'changed', revision } });
    }
  }

  /** Nobody hears of a schedule whose times cannot be read, until it is edited: trying again would not help, nor let others be told. */
  private readable<T>(scheduleId: ScheduleId, look: () => T): T | undefined {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.parts.log.error({ scheduleId, err: error }, 'times of a schedule cannot be read');
      return undefined;
    }
  }

  private wants(userId: UserId, beforeMin?: number): boolean {
    const user = this.parts.configuration.get('user', userId);
    const preferences = user === undefined ? [] : messagePreferences(user, 'duties');
    return preferences.some((preference) => beforeMin === undefined || preference.beforeMin === beforeMin);
  }

  private ask(data: SendDutyNotice): Promise<void> {
    return this.parts.wishes.ask({ type: 'SendDutyNotice', data }, { requestId: dutyStream(data.scheduleId), actor: BY_ITSELF });
  }
}

const editsOf = (stored: readonly StoredEvent[]): readonly Edit[] => {
  let before: Schedule | undefined;
  return stored.filter(isConfigurationChange).map((each) => {
    const event = eventOf<ConfigurationEvent<'schedule'>>(each);
    const after = event.type === 'ResourceConfigured' ? event.data.resource : undefined;
    const { time: at, actor: by } = each.metadata;
    const edit = {
      revision: each.revision,
      at,
      by,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
    before = after;
    return edit;
  });
};
