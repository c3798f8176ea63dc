import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { dutyStream } from '@tocsin/domain';
import type { DutiesTold, ScheduleId } from '@tocsin/domain';
import type { StoredEvent } from '@tocsin/event-store';
import { measureTimers, readModelLog } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { DueTimers } from '@tocsin/read-models';
import { NotificationWishes } from '../notification-wishes';
import { Duties } from './duties';

/** Looks at each schedule when something may be due to be told of it, and at once when it was edited. */
@Module({})
export class DutiesModule {
  static register({ eventStore, readStore, bus, configuration, clock, log, metrics, background }: Platform): DynamicModule {
    const duties = new Duties({ eventStore, configuration, wishes: new NotificationWishes(bus, clock), clock, log });
    const measured = measureTimers(metrics, clock, 'duties');
    background.addOwned('timers duties', (isOwner) =>
      measured(
        new DueTimers({
          name: 'duties',
          isOwner,
          prefixes: ['duty-', 'schedule-'],
          eventStore,
          readStore,
          clock,
          log: readModelLog(log),
          due: dutyDueOf,
          onDue: (id) => duties.tell(Number(id.slice(dutyStream(0).length - 1)) as ScheduleId),
        }),
      ),
    );
    return { module: DutiesModule };
  }
}

const dutyDueOf = ({ stream, type, data, metadata }: StoredEvent): ReturnType<ConstructorParameters<typeof DueTimers>[0]['due']> => {
  if (stream.startsWith('schedule-')) return { id: stream.replace('schedule-', 'duty-'), dueAt: metadata.time };
  return type === 'DutiesTold' ? { id: stream, dueAt: (data as DutiesTold['data']).nextAt } : undefined;
};
