import { readinessOf } from '@tocsin/domain';
import type { Clock, Instant, Readiness, User, Way } from '@tocsin/domain';
import { lastSuccess, ReadStoreFault } from '@tocsin/read-models';
import type { ReadStore } from '@tocsin/read-models';
import type { PlatformSettings } from './platform';

export interface PeopleReadinessParts {
  readonly readStore: ReadStore;
  readonly settings: PlatformSettings;
  readonly clock: Clock;
}

/** Whether a page would reach people, with what arrived lately; the same answer for a person, a policy and the metric. */
export class PeopleReadiness {
  constructor(private readonly parts: PeopleReadinessParts) {}

  async of(user: User): Promise<Readiness> {
    const { settings, clock } = this.parts;
    const ways = new Map(
      user.alertPreferences.map(({ method, contactId }) => [wayName({ method, ...contact(contactId) }), { method, ...contact(contactId) }]),
    );
    const arrived = new Map<string, Instant | null | undefined>();
    await Promise.all([...ways].map(async ([name, way]) => arrived.set(name, await this.lastSuccess(user, way))));
    return readinessOf({
      user,
      now: clock.now(),
      canSend: (method) => settings.reachableMethods.has(method),
      lastSuccess: (way) => arrived.get(wayName(way)),
    });
  }

  /** The rest can be said while the views are away. */
  private async lastSuccess(user: User, way: Way): Promise<Instant | null | undefined> {
    try {
      return await lastSuccess(this.parts.readStore, user.id, way);
    } catch (error) {
      if (error instanceof ReadStoreFault) return undefined;
      throw error;
    }
  }
}

const contact = (contactId: Way['contactId']): Pick<Way, 'contactId'> => (contactId === undefined ? {} : { contactId });
const wayName = ({ method, contactId }: Way): string => `${method} ${contactId ?? ''}`;
