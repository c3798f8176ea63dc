import { conditionOf, holds, isDuringSupportHours, placesIn, whoIsOnCall } from '@tocsin/domain';
import type { AlertAction, AlertSource, Instant, ConditionPlace, PlaceType, Schedule, SupportHour } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { alertInConditions } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { ConfigurationThen } from '../configuration-then';
import type { RecordedAt } from '../configuration-then';

/** What else a condition asks for, beside the alert. */
interface Surroundings {
  readonly source: AlertSource | undefined;
  readonly schedules: ReadonlyMap<number, Schedule | undefined>;
  readonly supportHours: ReadonlyMap<number, SupportHour | undefined>;
}

/** Whether what the conditions of an action ask for holds. */
export class ActionConditions {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly past: ConfigurationThen,
  ) {}

  /** As everything was when a fact of the alert was recorded, however late and often it is asked. @throws EventStoreFault */
  async heldThen(action: AlertAction, alert: AlertDocument, fact: RecordedAt): Promise<boolean> {
    const { past } = this;
    const schedules = new Map<number, Schedule | undefined>();
    for (const id of askedFor(action, 'ON_CALL_SCHEDULE')) schedules.set(id, await past.get('schedule', id, fact));
    const supportHours = new Map<number, SupportHour | undefined>();
    for (const id of askedFor(action, 'SUPPORT_HOUR')) supportHours.set(id, await past.get('supporthour', id, fact));
    return isMet(action, alert, fact.at, { source: await past.get('source', alert.sourceId, fact), schedules, supportHours });
  }

  /** As everything is now. */
  holdNow(action: AlertAction, alert: AlertDocument, now: Instant): boolean {
    const { configuration } = this;
    const schedules = new Map(askedFor(action, 'ON_CALL_SCHEDULE').map((id) => [id, configuration.get('schedule', id)]));
    const supportHours = new Map(askedFor(action, 'SUPPORT_HOUR').map((id) => [id, configuration.get('supporthour', id)]));
    return isMet(action, alert, now, { source: configuration.get('source', alert.sourceId), schedules, supportHours });
  }
}

const askedFor = (action: AlertAction, wanted: PlaceType): readonly number[] => {
  const condition = conditionOf(action);
  return condition === undefined ? [] : placesIn(condition).flatMap(({ type, id }) => (type === wanted ? [id] : []));
};

const isMet = (action: AlertAction, alert: AlertDocument, now: Instant, { source, schedules, supportHours }: Surroundings): boolean => {
  const condition = conditionOf(action);
  if (condition === undefined) return true;
  const isWithin = ({ type, id }: ConditionPlace, at: Instant): boolean | undefined => {
    if (type === 'SUPPORT_HOUR') {
      const hours = supportHours.get(id);
      return hours === undefined ? undefined : isDuringSupportHours(hours, at);
    }
    const schedule = schedules.get(id);
    return schedule === undefined ? undefined : whoIsOnCall(schedule, at).userId !== null;
  };
  return holds(condition, { alert: alertInConditions(alert, source), now, isWithin });
};
