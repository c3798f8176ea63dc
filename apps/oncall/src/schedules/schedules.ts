import { rejected } from '@tocsin/domain';
import type { Editor, Schedule, ScheduleId, ScheduleReferences } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';

/** Schedules as paths name them, and what their rules must know of people and teams. */
export class Schedules {
  constructor(private readonly configuration: ConfigurationReader) {}

  /** Whom and what somebody can name: what they see, and what the schedule that they change names already. */
  references(by: Editor, current?: Schedule): ScheduleReferences {
    const seen = this.configuration.seenBy(by);
    const known = current === undefined ? seen : seen.keeping('schedule', current);
    return {
      userExists: (id) => known.get('user', id) !== undefined,
      teamExists: (id) => known.get('team', id) !== undefined,
    };
  }

  /** Reads everything configured up to now before it says that there is none. @throws Rejection `not-found`, MessageBusFault */
  async get(id: ScheduleId, by: Editor): Promise<Schedule> {
    const seen = this.configuration.seenBy(by);
    return this.found(() => seen.get('schedule', id), `there is no schedule ${id}`);
  }

  /** @throws Rejection `not-found`, MessageBusFault */
  async named(name: string, by: Editor): Promise<Schedule> {
    const seen = this.configuration.seenBy(by);
    return this.found(() => seen.find('schedule', 'name', name), `there is no schedule "${name}"`);
  }

  private async found(lookUp: () => Schedule | undefined, missing: string): Promise<Schedule> {
    const schedule = await this.configuration.surely(lookUp);
    if (schedule === undefined) throw rejected('not-found', missing);
    return schedule;
  }
}
