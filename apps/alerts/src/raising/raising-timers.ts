import { isConfigurationChange, raisingStream } from '@tocsin/domain';
import type { AlertSourceId, ConfigurationEvent, SupportHourId, WaitingAlertsRaised } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';
import type { DueTimers } from '@tocsin/read-models';
import { raises } from './waiting-alerts';
import type { WaitingAlerts } from './waiting-alerts';

type Timers = ConstructorParameters<typeof DueTimers>[0];

const RAISING = raisingStream('');
const HOURS = 'supporthour-';
const SOURCE = 'source-';

/** Looks at a source that raises when an edge of its hours is due, and at once when it or its hours were edited. */
export const raisingTimers = (waiting: WaitingAlerts): Pick<Timers, 'name' | 'prefixes' | 'due' | 'onDue'> => ({
  name: 'raising',
  prefixes: [RAISING, SOURCE, HOURS],
  due: dueOf,
  onDue: (id, _dueAt, { assertOpen }) =>
    id.startsWith(HOURS)
      ? waiting.hoursEdited(Number(id.slice(HOURS.length)) as SupportHourId, assertOpen)
      : waiting.look(Number(id.slice(RAISING.length)) as AlertSourceId, assertOpen),
});

/** A source that raises nothing costs nothing. */
const dueOf = (stored: StoredEvent): ReturnType<Timers['due']> => {
  const { stream, metadata } = stored;
  if (stream.startsWith(SOURCE)) {
    if (!isConfigurationChange(stored)) return undefined;
    const event = eventOf<ConfigurationEvent<'source'>>(stored);
    const isDue = event.type === 'ResourceConfigured' && raises(event.data.resource);
    return { id: stream.replace(SOURCE, RAISING), dueAt: isDue ? metadata.time : null };
  }
  if (stream.startsWith(HOURS)) return isConfigurationChange(stored) ? { id: stream, dueAt: metadata.time } : undefined;
  return stored.type === 'WaitingAlertsRaised' ? { id: stream, dueAt: eventOf<WaitingAlertsRaised>(stored).data.nextAt } : undefined;
};
