import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertStream, type AlertId } from '@tocsin/domain';
import { ana, accept, minute, raised, user } from '@tocsin/domain/testing';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { Metrics, Views, WoundClock } from '@tocsin/platform';
import { ALERTS_VIEW, alertsView, ProjectionRunner, type AlertDocument } from '@tocsin/read-models';
import { MongodbReadStore } from '@tocsin/read-models/mongodb';
import { MongodbServer } from '@tocsin/testing';
import { AlertMetrics } from './alert-metrics';
import { AlertStreams } from './alert-streams';

jest.setTimeout(120_000);

const alertId = 4711 as AlertId;
const VISIBLE_WITHIN_MS = 500;

describe('alerts while MongoDB is down', () => {
  let directory: string;
  let log: EmbeddedLog;
  let server: MongodbServer;
  let readStore: MongodbReadStore;
  let view: ProjectionRunner;
  let owner: AlertStreams;
  let another: AlertStreams;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-alerts-'));
    log = await EmbeddedLog.open({ directory });
    server = await MongodbServer.start();
    const eventStore = new EmbeddedEventStore(log);
    readStore = new MongodbReadStore({ url: server.url, callDeadlineMs: 2_000 });
    view = new ProjectionRunner({ projection: alertsView, eventStore, readStore });
    const parts = {
      eventStore,
      readStore,
      clock: new WoundClock(minute(5)),
      visibleWithinMs: VISIBLE_WITHIN_MS,
      metrics: new AlertMetrics(new Metrics(), readStore),
    };
    const views = new Views(eventStore, readStore);
    views.add(ALERTS_VIEW, view);
    owner = new AlertStreams({ ...parts, views });
    another = new AlertStreams({ ...parts, views: new Views(eventStore, readStore) });
    const metadata = { schemaVersion: 1, time: minute(0), actor: user(ana), correlationId: 'c', causationId: 'd' };
    const { position } = await eventStore.append(alertStream(alertId), 'no_stream', [
      { id: '7f5d2f0c-7d39-4c40-9b61-0f6fd9b3a001', ...raised({ alertId }), metadata },
    ]);
    view.start();
    expect(await view.waitFor(position, 60_000)).toBe(true);
  });
  afterEach(async () => {
    await view.stop();
    await readStore.close();
    await log.close();
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const cause = (commandId: string) => ({ commandId, causationId: commandId, correlationId: commandId, actor: user(ana) });
  const inView = () => readStore.get<AlertDocument>(ALERTS_VIEW, alertId);

  it.each<[string, () => AlertStreams]>([
    ['that keeps the view', () => owner],
    ['that does not', () => another],
  ])('are accepted and read on a replica %s, from their streams and in bounded time; the view catches up', async (_, replica) => {
    await server.kill();
    const startedAt = performance.now();
    const answer = await replica().answer(alertId, accept(ana), cause('accepts'));
    expect(answer).toMatchObject({ visible: false, document: { status: 'ACCEPTED', assignedTo: ana } });
    expect((await replica().document(alertId)).status).toBe('ACCEPTED');
    expect(performance.now() - startedAt).toBeLessThan(15_000);

    await server.restart();
    expect(await view.waitFor(await new EmbeddedEventStore(log).head(), 60_000)).toBe(true);
    expect((await inView())?.status).toBe('ACCEPTED');
    expect(await readStore.count(ALERTS_VIEW, { in: { status: ['ACCEPTED'] } })).toBe(1);
  });
});
