import { conditionOf, holds, placesIn, whoIsOnCall } from '@tocsin/domain';
import type { AlertAction, AlertSource, Instant, Place, Schedule } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { alertInConditions } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { ConfigurationThen } from '../configuration-then';
import type { RecordedAt } from '../configuration-then';

/** What else a condition asks for, beside the alert. */
interface Surroundings {
  readonly source: AlertSource | undefined;
  readonly schedules: ReadonlyMap<number, Schedule | undefined>;
}

/** Whether what the conditions of an action ask for holds. */
export class ActionConditions {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly past: ConfigurationThen,
  ) {}

  /** As everything was when a fact of the alert was recorded, however late and often it is asked. @throws EventStoreFault */
  async heldThen(action: AlertAction, alert: AlertDocument, fact: RecordedAt): Promise<boolean> {
    const schedules = new Map<number, Schedule | undefined>();
    for (const id of schedulesIn(action)) schedules.set(id, await this.past.get('schedule', id, fact));
    return isMet(action, alert, fact.at, { source: await this.past.get('source', alert.sourceId, fact), schedules });
  }

  /** As everything is now. */
  holdNow(action: AlertAction, alert: AlertDocument, now: Instant): boolean {
    const schedules = new Map(schedulesIn(action).map((id) => [id, this.configuration.get('schedule', id)]));
    return isMet(action, alert, now, { source: this.configuration.get('source', alert.sourceId), schedules });
  }
}

const schedulesIn = (action: AlertAction): readonly number[] => {
  const condition = conditionOf(action);
  return condition === undefined ? [] : placesIn(condition).flatMap(({ type, id }) => (type === 'ON_CALL_SCHEDULE' ? [id] : []));
};

const isMet = (action: AlertAction, alert: AlertDocument, now: Instant, { source, schedules }: Surroundings): boolean => {
  const condition = conditionOf(action);
  if (condition === undefined) return true;
  const isWithin = ({ type, id }: Place, at: Instant): boolean | undefined => {
    const schedule = type === 'ON_CALL_SCHEDULE' ? schedules.get(id) : undefined;
    return schedule === undefined ? undefined : whoIsOnCall(schedule, at).userId !== null;
  };
  return holds(condition, { alert: alertInConditions(alert, source), now, isWithin });
};
