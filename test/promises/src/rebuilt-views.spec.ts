import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { alertsView, auditLogView, notificationsView } from '@tocsin/read-models';
import type { Projection } from '@tocsin/read-models';
import type { StoredEvent } from '@tocsin/event-store';
import { rebuildEqualsLive } from '../../../libs/read-models/src/testing';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';
import { randomSteps, RandomStory } from './random-story';
import { seed } from './seed';

jest.setTimeout(120_000);

const views: readonly Projection[] = [alertsView, notificationsView, auditLogView];

/** Remembers outside of its documents: what it says depends on how often it was run. */
const forgetful = (view: Projection): Projection => {
  let applied = 0;
  return {
    ...view,
    apply: (event, documents) =>
      view.apply(event, {
        get: (collection, id) => documents.get(collection, id),
        put: (collection, document) => documents.put(collection, { ...(document as object), applied: applied++ } as never),
        remove: (collection, id) => documents.remove(collection, id),
      }),
  };
};

/** What a reader of the API sees. */
const readAll = async (world: World) => {
  await world.settle();
  let answer = await world.get<{ id: number }[]>('/api/alerts?max-results=100');
  // The checks before this one kept the process busy, and it says so.
  while (answer.status === 503) answer = await world.get('/api/alerts?max-results=100');
  const alerts = answer.body;
  return {
    alerts,
    counts: await Promise.all(['PENDING', 'ACCEPTED', 'RESOLVED'].map((state) => world.get(`/api/alerts/count?states=${state}`))),
    timelines: await Promise.all(alerts.map(({ id }) => world.timeline(id))),
    audit: (await world.get('/api/audit-log?max-results=100')).body,
  };
};

describe('the views of a random story (P9)', () => {
  let world: World;
  let events: readonly StoredEvent[];
  beforeAll(async () => {
    world = await World.start();
    const story = await RandomStory.in(world);
    await story.tell(randomSteps(seed, 80));
    events = await eventsOf(world.platform.eventStore, ...new Set(views.flatMap(({ prefixes }) => prefixes)));
  });
  afterAll(() => world.stop());

  const eventsFor = (view: Projection): readonly StoredEvent[] =>
    events.filter(({ stream }) => view.prefixes.some((prefix) => stream.startsWith(prefix)));

  it.each(views.map((view) => [view.name, view] as const))('are the same rebuilt in any batches: %s', (_name, view) => {
    expect(eventsFor(view).length).toBeGreaterThan(10);
    rebuildEqualsLive(view, eventsFor(view), { runs: 25 });
  });

  it.each(views.map((view) => [view.name, view] as const))(
    'turn the check red where a projection remembers outside of its documents: %s',
    (_name, view) => {
      expect(() => rebuildEqualsLive(forgetful(view), eventsFor(view), { runs: 5 })).toThrow();
    },
  );

  it('are the same to a reader of the API after they were thrown away', async () => {
    const live = await readAll(world);
    expect(live.alerts.length).toBeGreaterThan(0);
    await world.down('0s', () => rm(join(world.directory, 'views.db'), { force: true }));
    expect(await readAll(world)).toEqual(live);
  });

  it('are the same after an erasure and of what retention keeps: a year later, with a person gone and an alert that is younger', async () => {
    const before = await readAll(world);
    const ana = world.platform.configuration.find('user', 'username', 'ana')?.id;
    expect((await world.delete(`/api/users/${ana}?confirm-gaps=true`)).status).toBe(204);
    await world.advance('390d');
    const key = await world.source(await world.policy([]));
    await world.event(key, { summary: 'younger', alertKey: 'younger' });
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'younger' });
    await world.advance('20d');
    const live = await readAll(world);
    expect(live.alerts.length).toBeLessThan(before.alerts.length);
    expect(live.alerts.length).toBeGreaterThan(0);
    expect(live.audit).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'deleted', resource: { type: 'user', id: Number(ana) } })]),
    );
    await world.down('0s', () => rm(join(world.directory, 'views.db'), { force: true }));
    expect(await readAll(world)).toEqual(live);
  });
});
