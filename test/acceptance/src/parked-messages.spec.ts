import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LocalDateTime, ScheduleId } from '@tocsin/domain';
import { Parking } from '@tocsin/messaging';
import { ADMIN_KEY, World } from './world';

interface Parked {
  readonly id: string;
  readonly topic: string;
  readonly group: string;
}

const PARKED = '/api/parked-messages';
const parkedIn = async (world: World, query = ''): Promise<readonly Parked[]> => (await world.get<Parked[]>(`${PARKED}${query}`)).body;

let world: World;
beforeEach(async () => void (world = await World.start({}, { LOG_LEVEL: 'silent' })));
afterEach(() => world.stop());

/** Levels of an alert that oncall cannot work out, since the schedule cannot be read; and what mends it. */
const levelThatIsParked = async (): Promise<{ readonly parked: Parked; readonly mend: () => Promise<void> }> => {
  const ana = await world.person('ana');
  const id: ScheduleId = await world.shifts('Ops', [{ userId: ana, start: 'not a time', end: 'nor this' }]);
  const key = await world.source(await world.policy([{ targets: [{ type: 'schedule', scheduleId: id }], timeoutMin: 30 }]));
  await world.event(key, { summary: 'disk full', alertKey: 'disk' });
  const [parked, ...others] = await parkedIn(world);
  if (parked === undefined || others.length > 0) throw new Error(`${1 + others.length} messages are parked`);
  return {
    parked,
    mend: () =>
      world.changeSchedule(id, (schedule) => {
        if (schedule.type !== 'STATIC') throw new Error('the schedule has no fixed shifts');
        const shifts = [{ userId: ana, start: '2026-01-05T00:00' as LocalDateTime, end: '2026-01-06T00:00' as LocalDateTime }];
        return { ...schedule, plans: schedule.plans.map((plan) => ({ ...plan, shifts })) };
      }),
  };
};

describe('a message that a service could not handle', () => {
  it('is listed with why, and shown with what it says', async () => {
    const { parked } = await levelThatIsParked();
    expect(parked).toMatchObject({ topic: 'escalation-facts', group: 'oncall', messageType: 'LevelDue', tooLarge: false });
    expect(parked).not.toHaveProperty('message');
    const { body } = await world.get(`${PARKED}/${parked.id}`);
    expect(body).toMatchObject({ ...parked, message: { type: 'LevelDue', data: { alertId: (await world.alert()).id } } });
    expect(await parkedIn(world, '?group=alerts')).toEqual([]);
    expect(await parkedIn(world, '?topic=escalation-facts&group=oncall')).toHaveLength(1);
  });

  it('has its effect once it is replayed, and is parked no longer; the decision is in the audit log', async () => {
    const { parked, mend } = await levelThatIsParked();
    await mend();
    expect((await world.post(`${PARKED}/${parked.id}/replay`)).status).toBe(204);
    await world.settle();
    expect(world.mailbox('ana').subjects).toHaveLength(1);
    expect(await parkedIn(world)).toEqual([]);
    expect((await world.post(`${PARKED}/${parked.id}/replay`)).status).toBe(404);
    expect((await world.get<object[]>('/api/audit-log?resource-type=parked-message')).body).toMatchObject([
      { actor: { type: 'user', id: 1 }, action: 'replayed', resource: { type: 'parked-message', id: parked.id } },
    ]);
  });

  it('has no second effect when it is delivered again: whoever stopped it half-way may ask once more', async () => {
    const { parked, mend } = await levelThatIsParked();
    await mend();
    const { bus } = world.platform;
    const { message } = (await world.get<{ message: { key: string } }>(`${PARKED}/${parked.id}`)).body;
    // What a crash between the delivery and its note leaves behind: it was delivered, and it is parked.
    await bus.publish(parked.topic, [{ ...(message as never as object), onlyGroup: parked.group } as never]);
    await world.settle();
    await world.post(`${PARKED}/${parked.id}/replay`);
    await world.settle();
    expect(world.mailbox('ana').subjects).toHaveLength(1);
    expect(await parkedIn(world)).toEqual([]);
  });

  it('is parked anew when it cannot be handled now either', async () => {
    const { parked } = await levelThatIsParked();
    expect((await world.post(`${PARKED}/replay`)).body).toEqual({ replayed: 1, left: 0 });
    await world.settle();
    const [again, ...others] = await parkedIn(world);
    expect(others).toEqual([]);
    expect(again?.id).not.toBe(parked.id);
  });

  it('is given up for a reason only, which the audit log keeps', async () => {
    const { parked, mend } = await levelThatIsParked();
    expect((await world.delete(`${PARKED}/${parked.id}`)).status).toBe(400);
    expect(await parkedIn(world)).toHaveLength(1);
    expect((await world.delete(`${PARKED}/${parked.id}?reason=the+alert+was+a+test`)).status).toBe(204);
    await mend();
    expect(await parkedIn(world)).toEqual([]);
    expect((await world.get<object[]>('/api/audit-log?resource-type=parked-message')).body).toMatchObject([
      { action: 'discarded', changes: [{ field: 'reason', after: 'the alert was a test' }] },
    ]);
    expect(world.mailbox('ana').subjects).toEqual([]);
  });

  it('is nobody’s business but an administrator’s', async () => {
    const { parked } = await levelThatIsParked();
    const ben = await world.keyOf(await world.person('ben'));
    for (const [method, path] of [
      ['get', ''],
      ['get', `/${parked.id}`],
      ['post', '/replay'],
      ['post', `/${parked.id}/replay`],
    ] as const)
      expect((await (method === 'get' ? world.get(`${PARKED}${path}`, ben) : world.post(`${PARKED}${path}`, undefined, ben))).status).toBe(
        403,
      );
    expect((await world.delete(`${PARKED}/${parked.id}?reason=x`, ben)).status).toBe(403);
    expect(await parkedIn(world)).toHaveLength(1);
  });
});

describe('a message that was too large to be kept a second time', () => {
  it('cannot be replayed, and says so; replaying all leaves it', async () => {
    const { bus, clock } = world.platform;
    const message = {
      ...{ id: '6a1d2f6e-97c1-4d6b-8a65-0f4b1c2d3e4f', key: 'k', type: 'ToolEvent', schemaVersion: 1, time: clock.now() },
      ...{ correlationId: 'c', causationId: 'd', data: 'x'.repeat(1_000_000) },
    };
    await new Parking(bus, clock).park(
      { ...message, topic: 'tool-events', epoch: 'e', partition: 0, offset: 7 },
      'alerts',
      new Error('bug'),
    );
    const [parked] = await parkedIn(world);
    expect(parked).toMatchObject({ tooLarge: true });
    const { status, body } = await world.post(`${PARKED}/${parked?.id}/replay`);
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'MESSAGE_NOT_KEPT' });
    expect((await world.post(`${PARKED}/replay`)).body).toEqual({ replayed: 0, left: 1 });
  });
});

describe('npm run parked', () => {
  /** In a process of its own, as an operator runs it. */
  const parked = async (args: readonly string[], key: string = ADMIN_KEY) => {
    const script = join(__dirname, '../../../scripts/parked.mjs');
    const child = spawn(process.execPath, [script, ...args, '--url', world.urlOf(PARKED).replace(PARKED, '')], {
      env: { PATH: process.env['PATH'], TOCSIN_API_KEY: key },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(child, 'close');
    return { code: child.exitCode, said };
  };

  it('lists, shows and replays', async () => {
    expect(await parked(['list'])).toEqual({ code: 0, said: 'nothing is parked\n' });
    const { parked: only, mend } = await levelThatIsParked();
    const listed = await parked(['list', '--group', 'oncall']);
    expect(listed.said).toContain(`${only.id}  2026-01-05T09:00:00.000Z  LevelDue of escalation-facts for oncall: `);
    expect(JSON.parse((await parked(['show', only.id])).said)).toMatchObject({ id: only.id, message: { type: 'LevelDue' } });
    await mend();
    expect(await parked(['replay', '--all'])).toEqual({ code: 0, said: '1 replayed\n' });
    await world.settle();
    expect(world.mailbox('ana').subjects).toHaveLength(1);
    expect((await parked(['replay', only.id])).code).toBe(1);
  });

  it('discards for a reason', async () => {
    const { parked: only } = await levelThatIsParked();
    expect(await parked(['discard', only.id])).toMatchObject({ code: 1, said: expect.stringContaining('reason') });
    expect(await parked(['discard', only.id, '--reason', 'a test'])).toEqual({ code: 0, said: 'discarded\n' });
    expect(await parkedIn(world)).toEqual([]);
  });

  it('says in a line what was wrong', async () => {
    expect((await parked(['list'], 'tk_thiskeydoesnotexistanywhere')).said).toMatch(/^tocsin: 403: /);
    expect((await parked(['eat'])).said).toContain('usage: npm run parked');
    expect((await parked(['replay'])).code).toBe(1);
    expect((await parked(['list', '--what'])).code).toBe(1);
  });
});
