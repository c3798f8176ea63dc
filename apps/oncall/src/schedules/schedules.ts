import { rejected } from '@tocsin/domain';
import type { Schedule, ScheduleId, ScheduleReferences } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';

/** Schedules as paths name them, and what their rules must know of people and teams. */
export class Schedules {
  readonly references: ScheduleReferences = {
    userExists: (id) => this.configuration.get('user', id) !== undefined,
    teamExists: (id) => this.configuration.get('team', id) !== undefined,
  };

  constructor(private readonly configuration: ConfigurationReader) {}

  /** Reads everything configured up to now before it says that there is none. @throws Rejection `not-found`, MessageBusFault */
  async get(id: ScheduleId): Promise<Schedule> {
    return this.found(() => this.configuration.get('schedule', id), `there is no schedule ${id}`);
  }

  /** @throws Rejection `not-found`, MessageBusFault */
  async named(name: string): Promise<Schedule> {
    return this.found(() => this.configuration.find('schedule', 'name', name), `there is no schedule "${name}"`);
  }

  private async found(lookUp: () => Schedule | undefined, missing: string): Promise<Schedule> {
    const schedule = await this.configuration.surely(lookUp);
    if (schedule === undefined) throw rejected('not-found', missing);
    return schedule;
  }
}
