import { setImmediate as nextTurn } from 'node:timers/promises';
import { alertStream, ARCHIVE_STREAM, dayOf, escalationStream, expiryOf } from '@tocsin/domain';
import type { AlertEventOf, AlertId, ArchivedAlert, ArchiveEvent, Clock, Instant, Retention, Timer } from '@tocsin/domain';
import { derivedEventId, eventOf, START } from '@tocsin/event-store';
import type { EventStore, Position, StoredEvent } from '@tocsin/event-store';
import type { BackgroundPart, Logger, Views } from '@tocsin/platform';
import { ALERT_ACTIONS_VIEW, NOTIFICATIONS_VIEW } from '@tocsin/read-models';
import type { AlertActionDocument, NotificationDocument, ReadStore } from '@tocsin/read-models';
import type { ArchiveFiles } from './archive-files';
import { exportedAlert } from './exported-alert';

const EVENTS_PER_PAGE = 500;
const ALERTS_PER_FILE = 200;
/** They stand in the event that says so, which has to fit into a message. */
const STREAMS_PER_FILE = 1_000;
const STREAMS_PER_PAGE = 500;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 300_000;

interface Resolution {
  readonly alertId: AlertId;
  readonly at: Instant;
  readonly position: Position;
}

interface Expired {
  readonly resolutions: readonly Resolution[];
  /** When to look again for more. */
  readonly lookAgainAt: Instant;
}

export interface AlertArchiverParts {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly views: Views;
  readonly clock: Clock;
  readonly files: ArchiveFiles;
  readonly retention: Retention;
  readonly visibleWithinMs: number;
  readonly log: Logger;
}

const isArchived = (event: StoredEvent | undefined): event is StoredEvent => event?.type === 'AlertsArchived';

class Stopping extends Error {}

/**
 * Exports alerts that were resolved long enough ago and then says so in the log, in this order; who removes what follows
 * from that event. The log is in the order of time, so that the archive has one place in it: behind that nothing is looked
 * at before the next alert comes due, and after a stop anywhere it goes on from there.
 */
export class AlertArchiver implements BackgroundPart {
  private stopped = false;
  private timer: Timer | undefined;
  private retry: NodeJS.Timeout | undefined;
  private tries = 0;
  private working: Promise<void> | undefined;

  constructor(private readonly parts: AlertArchiverParts) {}

  start(): void {
    this.working ??= this.work();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    clearTimeout(this.retry);
    await this.working;
  }

  settled(): boolean {
    return this.stopped || (this.working === undefined && this.retry === undefined);
  }

  private async work(): Promise<void> {
    this.retry = undefined;
    try {
      const lookAgainAt = await this.archiveExpired();
      this.tries = 0;
      if (!this.stopped) this.timer = this.parts.clock.at(lookAgainAt, () => this.start());
    } catch (error) {
      if (!this.stopped) this.tryAgain(error);
    } finally {
      this.working = undefined;
    }
  }

  /** Nothing waits for it: neither intake nor readiness depend on the archive. */
  private tryAgain(error: unknown): void {
    this.parts.log.warn({ err: error }, 'alerts could not be archived');
    this.retry = setTimeout(() => this.start(), Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries));
    this.retry.unref();
    this.tries = Math.min(this.tries + 1, 16);
  }

  private async archiveExpired(): Promise<Instant> {
    for (;;) {
      const last = await this.parts.eventStore.readLast(ARCHIVE_STREAM);
      const reached = await this.reached(last);
      const { resolutions, lookAgainAt } = await this.expired(reached);
      const [first] = resolutions;
      if (first === undefined) return lookAgainAt;
      await this.archive(first, resolutions, last);
    }
  }

  private async reached(last: StoredEvent | undefined): Promise<Position> {
    const known = isArchived(last) ? last : (await this.parts.eventStore.readStream(ARCHIVE_STREAM)).findLast(isArchived);
    return known === undefined ? START : (eventOf<ArchiveEvent>(known).data.through as Position);
  }

  /** The next ones that were resolved on one day and have expired. */
  private async expired(reached: Position): Promise<Expired> {
    const { eventStore, clock, retention } = this.parts;
    const now = clock.now();
    const resolutions: Resolution[] = [];
    for (let after = reached; ;) {
      const page = await eventStore.readAll({ after, prefixes: ['alert-'], limit: EVENTS_PER_PAGE });
      for (const event of page.events) {
        if (event.type !== 'AlertResolved') continue;
        const { alertId, at } = eventOf<AlertEventOf<'AlertResolved'>>(event).data;
        const expiry = expiryOf(at, retention, now);
        if (expiry === undefined) continue;
        if (expiry > now) return { resolutions, lookAgainAt: expiry };
        const [first] = resolutions;
        if (first !== undefined && dayOf(first.at) !== dayOf(at)) return { resolutions, lookAgainAt: now };
        resolutions.push({ alertId, at, position: event.position });
        if (resolutions.length === ALERTS_PER_FILE) return { resolutions, lookAgainAt: now };
      }
      // What is resolved from now on cannot come due before what is resolved now.
      if (page.atHead) return { resolutions, lookAgainAt: expiryOf(now, retention, now) ?? now };
      after = page.next;
      await this.othersFirst();
    }
  }

  /**
   * Named by its first resolution: when this is done again because it was not said in the log, the file is replaced by one
   * of the same alerts, whose streams are all still there.
   */
  private async archive(first: Resolution, resolutions: readonly Resolution[], last: StoredEvent | undefined): Promise<void> {
    const { eventStore, views, visibleWithinMs, files, clock, log } = this.parts;
    if (!(await views.upToDate(NOTIFICATIONS_VIEW, visibleWithinMs))) throw new Error('the view of notifications is behind');
    if (!(await views.upToDate(ALERT_ACTIONS_VIEW, visibleWithinMs))) throw new Error('the view of alert actions is behind');
    const file = `alerts-${dayOf(first.at)}-${first.position}.jsonl.gz`;
    const archived: ArchivedAlert[] = [];
    let through = first.position;
    const exports = (alert: ArchivedAlert, position: Position): void => {
      archived.push(alert);
      through = position;
    };
    await files.write(file, this.lines(resolutions, exports));
    const event: ArchiveEvent = { type: 'AlertsArchived', data: { at: clock.now(), file, through, alerts: archived } };
    const cause = `archive ${file}`;
    await eventStore.append(ARCHIVE_STREAM, last?.revision ?? 'no_stream', [
      {
        ...event,
        id: derivedEventId(cause, ARCHIVE_STREAM, 0),
        metadata: {
          schemaVersion: 1,
          time: clock.now(),
          actor: { type: 'system', part: 'retention' },
          correlationId: cause,
          causationId: cause,
        },
      },
    ]);
    log.info({ file, alerts: archived.length }, 'alerts archived');
  }

  private async *lines(
    resolutions: readonly Resolution[],
    exports: (alert: ArchivedAlert, position: Position) => void,
  ): AsyncGenerator<string> {
    const { eventStore } = this.parts;
    let streamsInFile = 0;
    for (const { alertId, position } of resolutions) {
      await this.othersFirst();
      const notifications = await this.notificationsOf(alertId);
      const actions = await this.actionsOf(alertId);
      const streams = notifications.length + actions.length;
      streamsInFile += streams;
      if (streamsInFile > STREAMS_PER_FILE && streamsInFile > streams) return;
      const own = await eventStore.readStream(alertStream(alertId));
      const others = await Promise.all(
        [escalationStream(alertId), ...notifications, ...actions].map((stream) => eventStore.readStream(stream)),
      );
      exports({ alertId, revision: own.at(-1)?.revision ?? -1, notifications, ...(actions.length === 0 ? {} : { actions }) }, position);
      yield exportedAlert([...own, ...others.flat()]);
    }
  }

  private notificationsOf(alertId: AlertId): Promise<readonly string[]> {
    return this.streamsIn<NotificationDocument>(NOTIFICATIONS_VIEW, 'notificationId', alertId);
  }

  private actionsOf(alertId: AlertId): Promise<readonly string[]> {
    return this.streamsIn<AlertActionDocument>(ALERT_ACTIONS_VIEW, 'action', alertId);
  }

  private async streamsIn<D extends { readonly id: string }>(view: string, field: string, alertId: AlertId): Promise<readonly string[]> {
    const streams: string[] = [];
    for (;;) {
      const page = await this.parts.readStore.find<D>(view, {
        in: { alert: [alertId] },
        sort: [{ field, descending: false }],
        skip: streams.length,
        limit: STREAMS_PER_PAGE,
      });
      streams.push(...page.map(({ id }) => id));
      if (page.length < STREAMS_PER_PAGE) return streams;
    }
  }

  private async othersFirst(): Promise<void> {
    await nextTurn();
    if (this.stopped) throw new Stopping('stopped while archiving');
  }
}
