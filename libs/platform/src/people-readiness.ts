import { readinessOf } from '@tocsin/domain';
import type { Clock, Instant, MethodFailing, NotificationMethod, Readiness, User, Way } from '@tocsin/domain';
import { lastSuccess, methodFailing, ReadStoreFault } from '@tocsin/read-models';
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

  of(user: User): Promise<Readiness> {
    return this.together()(user);
  }

  /** For many people at one moment: whether a method fails is looked up once for all. */
  together(): (user: User) => Promise<Readiness> {
    const failing = new Map<NotificationMethod, Promise<MethodFailing | undefined>>();
    const failingOf = (method: NotificationMethod): Promise<MethodFailing | undefined> => {
      const known = failing.get(method) ?? this.ifKnown(methodFailing(this.parts.readStore, method));
      failing.set(method, known);
      return known;
    };
    return (user) => this.ask(user, failingOf);
  }

  private async ask(user: User, failingOf: (method: NotificationMethod) => Promise<MethodFailing | undefined>): Promise<Readiness> {
    const { settings, clock } = this.parts;
    const ways = new Map(
      user.alertPreferences.map(({ method, contactId }) => [wayName({ method, ...contact(contactId) }), { method, ...contact(contactId) }]),
    );
    const arrived = new Map<string, Instant | null | undefined>();
    const failing = new Map<NotificationMethod, MethodFailing | undefined>();
    const methods = new Set([...ways.values()].map(({ method }) => method));
    await Promise.all([
      ...[...ways].map(async ([name, way]) => arrived.set(name, await this.ifKnown(lastSuccess(this.parts.readStore, user.id, way)))),
      ...[...methods].map(async (method) => failing.set(method, await failingOf(method))),
    ]);
    return readinessOf({
      user,
      now: clock.now(),
      canSend: (method) => settings.reachableMethods.has(method),
      lastSuccess: (way) => arrived.get(wayName(way)),
      failing: (method) => failing.get(method),
    });
  }

  /** The rest can be said while the views are away. */
  private async ifKnown<Value>(asked: Promise<Value>): Promise<Value | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof ReadStoreFault) return undefined;
      throw error;
    }
  }
}

const contact = (contactId: Way['contactId']): Pick<Way, 'contactId'> => (contactId === undefined ? {} : { contactId });
const wayName = ({ method, contactId }: Way): string => `${method} ${contactId ?? ''}`;
