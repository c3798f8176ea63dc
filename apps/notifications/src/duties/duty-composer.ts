import { timeText } from '@tocsin/channels';
import type { DutyBeginsContent, DutyChangedContent } from '@tocsin/channels';
import { changedDuties, isConfigurationChange, plusMs, shiftsBetween } from '@tocsin/domain';
import type { CancelReason, ConfigurationEvent, Schedule, ScheduleId, Turn, User } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { actorName } from '../actor-name';
import type { Planned } from '../message-composer';

type Subject = NonNullable<Planned['duty']>;
type DutyContent = DutyBeginsContent | DutyChangedContent;

/** What people are told of their shifts, made from the schedule when it is sent: as it is then, or as the edit made it. */
export class DutyComposer {
  constructor(
    private readonly eventStore: EventStore,
    private readonly configuration: ConfigurationReader,
  ) {}

  /** @throws EventStoreFault */
  async content({ duty }: Planned, user: User): Promise<DutyContent | { readonly stopped: CancelReason }> {
    if (duty === undefined) return { stopped: 'expired' };
    const { scheduleId, about } = duty;
    return about.type === 'begins' ? this.begins(scheduleId, about, user) : this.changed(scheduleId, about, user);
  }

  private begins(
    id: ScheduleId,
    { shiftStart }: Extract<Subject['about'], { type: 'begins' }>,
    user: User,
  ): DutyContent | { readonly stopped: CancelReason } {
    const schedule = this.configuration.get('schedule', id);
    const [shift] = schedule === undefined ? [] : shiftsBetween(schedule, shiftStart, plusMs(shiftStart, 1));
    if (schedule === undefined || shift?.userId !== user.id || shift.start !== shiftStart) return { stopped: 'shift-changed' };
    return {
      type: 'duty-begins',
      language: user.language,
      personName: user.firstName,
      schedule: schedule.name,
      start: timeText(shift.start, user),
      end: timeText(shift.end, user),
    };
  }

  private async changed(
    id: ScheduleId,
    { revision }: Extract<Subject['about'], { type: 'changed' }>,
    user: User,
  ): Promise<DutyContent | { readonly stopped: CancelReason }> {
    const stored = (await this.eventStore.readStream(`schedule-${id}`)).filter(isConfigurationChange);
    const index = stored.findIndex((event) => event.revision === revision);
    const [edit, earlier] = [stored[index], stored[index - 1]];
    if (edit === undefined) return { stopped: 'expired' };
    const [before, after] = [earlier, edit].map((event) => (event === undefined ? undefined : scheduleIn(eventOf(event))));
    const change = changedDuties(before, after, edit.metadata.time).find(({ userId }) => userId === user.id);
    if (change === undefined) return { stopped: 'expired' };
    return {
      type: 'duty-changed',
      language: user.language,
      personName: user.firstName,
      schedule: (after ?? before)?.name ?? `#${id}`,
      by: actorName(edit.metadata.actor, user.language, this.configuration),
      gained: change.gained.map((turn) => turnText(turn, user)),
      lost: change.lost.map((turn) => turnText(turn, user)),
    };
  }
}

const scheduleIn = (event: ConfigurationEvent<'schedule'>): Schedule | undefined =>
  event.type === 'ResourceConfigured' ? event.data.resource : undefined;

const turnText = ({ start, end }: Turn, user: User): { readonly start: string; readonly end: string } => ({
  start: timeText(start, user),
  end: timeText(end, user),
});
