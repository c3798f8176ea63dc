import { Readable } from 'node:stream';
import { alertGroupDecider, alertStream, guardStreamOf, isLastOnRecord, isOnRecord } from '@tocsin/domain';
import type { AlertEventOf, AlertGroup, AlertGroupCommand, AlertGroupEvent, ArchivedAlert, Clock } from '@tocsin/domain';
import { CommandHandler, eventOf, WrongExpectedRevision } from '@tocsin/event-store';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import { sha256 } from '../tool-event-subject';
import type { ArchiveFiles } from './archive-files';
import { exportedAlert } from './exported-alert';

/** Of several that come at once one commit to the disk takes all. */
const AT_ONCE = 20;

/** Removes the alerts' own streams, and takes the alerts off the guards of their keys. Again changes nothing. */
export class ArchivedAlerts {
  private readonly guards: CommandHandler<AlertGroupCommand, AlertGroup, AlertGroupEvent>;

  constructor(private readonly parts: { readonly eventStore: EventStore; readonly files: ArchiveFiles; readonly clock: Clock }) {
    this.guards = new CommandHandler({ store: parts.eventStore, decider: alertGroupDecider });
  }

  /** @throws EventStoreFault, WrongExpectedRevision when somebody writes on one of them at this moment */
  async remove(alerts: readonly ArchivedAlert[], correlationId: string): Promise<void> {
    for (let from = 0; from < alerts.length; from += AT_ONCE)
      await Promise.all(alerts.slice(from, from + AT_ONCE).map((alert) => this.removeOne(alert, correlationId)));
  }

  private async removeOne({ alertId, revision }: ArchivedAlert, correlationId: string): Promise<void> {
    const { eventStore, files } = this.parts;
    const stream = alertStream(alertId);
    const events = await eventStore.readStream(stream);
    const [first, last] = [events[0], events.at(-1)];
    if (first === undefined || last === undefined) return;
    // Somebody wrote on it after it was exported. Nothing is removed that is not in the archive.
    if (last.revision > revision) await files.write(`alert-${alertId}-${last.position}.jsonl.gz`, Readable.from([exportedAlert(events)]));
    await this.forget(first, alertId, correlationId);
    await eventStore.deleteStream(stream, last.revision);
  }

  /** Before the alert's stream goes: a guard that names an alert without a stream means one that is still to be opened. */
  private async forget(raised: StoredEvent, alertId: ArchivedAlert['alertId'], correlationId: string): Promise<void> {
    const guard = guardStreamOf(eventOf<AlertEventOf<'AlertRaised'>>(raised).data, sha256);
    if (guard === undefined) return;
    const { state, revision } = await this.guards.load(guard);
    if (!isOnRecord(state, alertId)) return;
    if (isLastOnRecord(state, alertId)) {
      try {
        return await this.parts.eventStore.deleteStream(guard, revision);
      } catch (error) {
        // The key has a new alert: the guard stays.
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
    const at = this.parts.clock.now();
    const cause = `forget ${alertId}`;
    await this.guards.handle(
      guard,
      ({ version }) => ({ type: 'record', seen: version, events: [{ type: 'AlertForgotten', data: { alertId, at } }] }),
      { commandId: cause, causationId: cause, correlationId, actor: { type: 'system', part: 'retention' }, time: at },
    );
  }
}
