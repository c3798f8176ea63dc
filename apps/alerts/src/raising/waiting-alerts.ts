import { isConfigurationChange, raisingDue, raisingStream, Rejection } from '@tocsin/domain';
import type {
  Actor,
  AlertSource,
  AlertSourceId,
  Clock,
  ConfigurationEvent,
  ConfigurationResources,
  Instant,
  PriorityBySupportHours,
  SupportHourId,
  SupportTimes,
  WaitingAlertsRaised,
} from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { newUuid, Views } from '@tocsin/platform';
import type { Logger } from '@tocsin/platform';
import { ALERTS_VIEW, ReadStore, ReadStoreFault } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { AlertStreams } from '../alert-streams';

/** What stands on record of a resource after each edit; nothing after its deletion. */
interface Edit<Kind extends 'source' | 'supporthour'> {
  readonly revision: number;
  readonly at: Instant;
  readonly resource: ConfigurationResources[Kind] | undefined;
}

/** Whether something new may still begin here; throws otherwise. */
type AssertOpen = () => void;

const BY_ITSELF: Actor = { type: 'system', part: 'support-hours' };
const AT_ONCE = 32;
const ALL = 1_000_000;

/**
 * Raises the alerts of a source that wait with LOW when support hours make new ones HIGH. What was raised is recorded after, in
 * a stream of the source's own: a crash in between looks again, and an alert that is HIGH already stays as it is.
 */
export class WaitingAlerts {
  constructor(
    private readonly parts: {
      readonly alerts: AlertStreams;
      readonly eventStore: EventStore;
      readonly readStore: ReadStore;
      readonly views: Views;
      readonly configuration: ConfigurationReader;
      readonly clock: Clock;
      readonly visibleWithinMs: number;
      readonly log: Logger;
    },
  ) {}

  /** Of every source that goes by these hours. @throws EventStoreFault, MessageBusFault, ReadStoreFault */
  async hoursEdited(id: SupportHourId, assertOpen: AssertOpen): Promise<void> {
    const { configuration } = this.parts;
    // A source that came to name them later than this has a timer of its own.
    await configuration.upToDate();
    for (const source of configuration.list('source'))
      if (raises(source) && source.supportHours.hours.type === 'named' && source.supportHours.hours.id === id)
        await this.look(source.id, assertOpen, { unlessSame: true });
  }

  /** Raises what is due by now, and records when to look next. @throws EventStoreFault, ReadStoreFault */
  async look(sourceId: AlertSourceId, assertOpen: AssertOpen, { unlessSame = false } = {}): Promise<void> {
    const { eventStore, clock } = this.parts;
    const stream = raisingStream(sourceId);
    const last = await eventStore.readLast(stream);
    const before = last === undefined ? undefined : eventOf<WaitingAlertsRaised>(last).data;
    // From the streams: the bus may not have the edit yet that this is about.
    const sourceEdits = await this.edits('source', sourceId);
    const { resource: source, revision = -1 } = sourceEdits.at(-1) ?? {};
    if (!raises(source)) return;
    const { hours } = source.supportHours;
    const hoursEdits = hours.type === 'named' ? await this.edits('supporthour', hours.id) : [];
    const times: SupportTimes | undefined = hours.type === 'named' ? hoursEdits.at(-1)?.resource : { ...hours, exceptions: [] };
    if (times === undefined) return;
    const isSince = (edit: Edit<'source'>): boolean => before !== undefined && edit.revision > before.revision;
    // Hours that began while nothing was to be raised are not made up for.
    const told = sourceEdits.some((edit) => isSince(edit) && !raises(edit.resource)) ? undefined : before;
    const edits = [
      ...(told === undefined ? sourceEdits.slice(-1) : sourceEdits.filter(isSince)),
      ...hoursEdits.filter(({ at }) => told === undefined || at > told.at),
    ].map(({ at }) => at);
    const { during } = source.supportHours;
    const data = raisingDue({ sourceId, revision, during, times, told, edits: edits.toSorted((a, b) => a - b), now: clock.now() });
    // After each start all hours are looked at as if they had been edited.
    if (unlessSame && data.before === null && told !== undefined && data.nextAt === told.nextAt) return;
    if (data.before !== null) await this.raise(source, data.before, assertOpen);
    const event: WaitingAlertsRaised = { type: 'WaitingAlertsRaised', data };
    await eventStore.append(stream, last?.revision ?? 'no_stream', [
      {
        id: newUuid(),
        ...event,
        metadata: { schemaVersion: 1, time: data.at, actor: BY_ITSELF, correlationId: stream, causationId: stream },
      },
    ]);
  }

  private async raise(source: RaisingSource, before: Instant, assertOpen: AssertOpen): Promise<void> {
    const { readStore, views, visibleWithinMs } = this.parts;
    if (!(await views.upToDate(ALERTS_VIEW, visibleWithinMs))) throw new ReadStoreFault('timeout', true);
    const pages = readStore.walk<AlertDocument>(ALERTS_VIEW, {
      in: { source: [source.id], status: ['PENDING'] },
      range: { reportTime: { until: before } },
      sort: [
        { field: 'reportTime', descending: false },
        { field: 'id', descending: false },
      ],
      skip: 0,
      limit: ALL,
    });
    for await (const page of pages) {
      const waiting = page.filter(({ priority }) => priority === 'LOW');
      for (let first = 0; first < waiting.length; first += AT_ONCE) {
        assertOpen();
        await Promise.all(waiting.slice(first, first + AT_ONCE).map(({ id }) => this.raiseOne(id, source, before)));
      }
    }
  }

  private async raiseOne(alertId: AlertDocument['id'], { id, supportHours: { during } }: RaisingSource, before: Instant): Promise<void> {
    const { alerts, clock, log } = this.parts;
    const stream = raisingStream(id);
    const edge = { type: during === 'HIGH' ? 'begin' : 'end', at: before } as const;
    try {
      await alerts.handle(
        alertId,
        { type: 'raiseWaiting', at: clock.now(), edge },
        { commandId: `${stream}:${before}`, causationId: stream, correlationId: stream, actor: BY_ITSELF },
      );
    } catch (error) {
      if (!(error instanceof Rejection) || error.code === 'too-many-conflicts') throw error;
      log.info({ alertId, code: error.code }, 'an alert was not raised by support hours');
    }
  }

  private async edits<Kind extends 'source' | 'supporthour'>(kind: Kind, id: number): Promise<readonly Edit<Kind>[]> {
    const stored = await this.parts.eventStore.readStream(`${kind}-${id}`);
    return stored.filter(isConfigurationChange).map((each) => {
      const event = eventOf<ConfigurationEvent<Kind>>(each);
      return {
        revision: each.revision,
        at: each.metadata.time,
        resource: event.type === 'ResourceConfigured' ? event.data.resource : undefined,
      };
    });
  }
}

type RaisingSource = AlertSource & { readonly supportHours: PriorityBySupportHours };

export const raises = (source: AlertSource | undefined): source is RaisingSource => source?.supportHours?.autoRaise === true;
