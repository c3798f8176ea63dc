import { parseInstant, toIso } from '@tocsin/domain';
import type { EscalationPolicyId, UserId } from '@tocsin/domain';
import { World } from './world';

let world: World;
let ana: UserId;
let ben: UserId;
let cleo: UserId;
let policyId: EscalationPolicyId;
beforeAll(async () => {
  world = await World.start();
  ana = await world.person('ana', {
    preferences: [
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0 },
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 3 },
      { type: 'LOW_PRIORITY', method: 'EMAIL', delayMin: 20 },
    ],
  });
  ben = await world.person('ben');
  cleo = await world.person('cleo', { mutedUntil: parseInstant('2026-01-05T12:00:00Z') });
  const schedule = await world.shifts('Primary', [{ userId: ben, start: '2026-01-05T10:00', end: '2026-01-05T18:00' }]);
  policyId = await world.policy(
    [
      { targets: [{ type: 'schedule', scheduleId: schedule }], timeoutMin: 10 },
      {
        targets: [
          { type: 'user', userId: cleo },
          { type: 'user', userId: ana },
        ],
        timeoutMin: 15,
      },
    ],
    { repeating: true, frequency: 2, delayMin: 1 },
  );
});
afterAll(() => world.stop());

interface Explanation {
  readonly policy: { readonly id: number; readonly name: string };
  readonly at: string;
  readonly priority: string;
  readonly steps: readonly {
    readonly pass: number;
    readonly level: number;
    readonly ruleIndex: number;
    readonly dueAt: string;
    readonly skipped: boolean;
    readonly responders: readonly { readonly user: { readonly id: number }; readonly reason: string; readonly reasonDetails: object }[];
    readonly problems: readonly { readonly text: string; readonly details: object }[];
    readonly notifications: readonly { readonly user: { readonly id: number }; readonly method: string; readonly at: string }[];
  }[];
  readonly ending: {
    readonly type: string;
    readonly text: string;
    readonly at: string;
    readonly retryAt?: string;
    readonly fallback: readonly object[];
  };
}

const explain = async (query = ''): Promise<Explanation> => {
  const answer = await world.get<Explanation>(`/api/escalation-policies/${policyId}/explain${query}`);
  expect(answer.status).toBe(200);
  return answer.body;
};

describe('explaining a policy', () => {
  it('tells who would be paged, when, how and why, level by level', async () => {
    const { steps, ending, ...about } = await explain('?at=2026-01-05T09:58:00Z');
    expect(about).toEqual({ policy: { id: policyId, name: `policy ${policyId}` }, at: '2026-01-05T09:58:00.000Z', priority: 'HIGH' });
    expect(steps.map(({ pass, level, ruleIndex, dueAt, skipped }) => [pass, level, ruleIndex, dueAt, skipped])).toEqual([
      [1, 0, 0, '2026-01-05T09:59:00.000Z', true],
      [1, 1, 1, '2026-01-05T09:59:00.000Z', false],
      [2, 0, 2, '2026-01-05T10:14:00.000Z', false],
      [2, 1, 3, '2026-01-05T10:24:00.000Z', false],
    ]);
    expect(steps[0]?.problems).toEqual([
      {
        text: 'schedule Primary: nobody on call, the schedule has not begun; next shift from 2026-01-05T10:00:00.000Z',
        details: expect.objectContaining({ type: 'schedule-gap', nextShiftStart: '2026-01-05T10:00:00.000Z' }),
      },
    ]);
    expect(steps[1]).toMatchObject({
      responders: [{ user: { id: ana, firstName: 'Ana' }, reason: 'named in the escalation level', reasonDetails: { type: 'direct' } }],
      problems: [{ text: 'Cleo Tester has muted notifications', details: { type: 'user-unreachable', userId: cleo, why: 'muted' } }],
      notifications: [
        { user: { id: ana }, method: 'EMAIL', contact: { target: 'a…@example.test' }, at: '2026-01-05T09:59:00.000Z' },
        { user: { id: ana }, method: 'EMAIL', at: '2026-01-05T10:02:00.000Z' },
      ],
    });
    expect(steps[2]?.responders[0]).toMatchObject({
      user: { id: ben },
      reason: 'on call in Primary (shift, until 2026-01-05T18:00:00.000Z)',
      reasonDetails: { type: 'schedule', onCall: { type: 'shift', start: '2026-01-05T10:00:00.000Z', end: '2026-01-05T18:00:00.000Z' } },
    });
    expect(ending).toMatchObject({ type: 'ended', at: '2026-01-05T10:39:00.000Z', fallback: [{ username: 'admin' }] });
  });

  it('takes now when it is not told when, and an offset when it is', async () => {
    expect((await explain()).at).toBe('2026-01-05T09:00:00.000Z');
    expect((await explain('?at=2026-01-05T12:30:00%2B01:00')).at).toBe('2026-01-05T11:30:00.000Z');
  });

  it('stops after one level for LOW, with the preferences of LOW (B15)', async () => {
    const { steps, ending } = await explain('?at=2026-01-05T20:00:00Z&priority=LOW');
    expect(steps.map(({ level, skipped }) => [level, skipped])).toEqual([
      [0, true],
      [1, false],
    ]);
    // Cleo's mute is over by then.
    expect(steps[1]?.notifications.map(({ user, at }) => [user.id, at])).toEqual([
      [cleo, '2026-01-05T20:01:00.000Z'],
      [ana, '2026-01-05T20:21:00.000Z'],
    ]);
    expect(ending).toMatchObject({ type: 'low-priority', fallback: [] });
  });

  it('says who is told when nobody is there, and when it is tried again (B11)', async () => {
    const nights = await world.shifts('Nights', [{ userId: ben, start: '2026-01-05T20:00', end: '2026-01-06T06:00' }]);
    const lonely = await world.policy([{ targets: [{ type: 'schedule', scheduleId: nights }] }]);
    const { body } = await world.get<Explanation>(`/api/escalation-policies/${lonely}/explain?at=2026-01-05T09:00:00Z`);
    expect(body.ending).toMatchObject({
      type: 'nobody-on-call',
      text: 'Nobody can be reached on any level: the fallback contacts are told, and it is tried again at 2026-01-05T20:00:00.000Z',
      retryAt: '2026-01-05T20:00:00.000Z',
      problems: [{ details: { type: 'schedule-gap' } }],
      fallback: [{ username: 'admin' }],
    });
  });

  it('speaks German', async () => {
    const { steps, ending } = await explain('?at=2026-01-05T09:58:00Z&lang=de');
    expect(steps[1]?.responders[0]?.reason).toBe('direkt in der Eskalationsstufe genannt');
    expect(steps[1]?.problems[0]?.text).toBe('Cleo Tester hat Benachrichtigungen stummgeschaltet');
    expect(ending.text).toContain('Ersatzkontakte');
  });

  it.each(['at=yesterday', 'at=1999-12-31T23:59:59Z', 'at=2100-01-01T00:00:00Z', 'priority=MEDIUM'])(
    'refuses %s with 400 that names it',
    async (query) => {
      const answer = await world.get(`/api/escalation-policies/${policyId}/explain?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(`${query.split('=')[0]}: `) } });
    },
  );

  it('is open to stakeholders, and 404 for a policy that is not there', async () => {
    const key = await world.keyOf(await world.person('sam', { role: 'STAKEHOLDER' }));
    expect((await world.get(`/api/escalation-policies/${policyId}/explain`, key)).status).toBe(200);
    expect((await world.get('/api/escalation-policies/4711/explain')).status).toBe(404);
  });

  // Last: it winds the clock.
  it('tells the mails that then really arrive, and when', async () => {
    await world.advance('58m');
    const { steps } = await explain();
    const told = steps.flatMap(({ notifications }) => notifications.map(({ user, at }) => `${user.id === ana ? 'ana' : 'ben'} at ${at}`));
    const arrived: string[] = [];
    const seen = new Map<string, number>();
    const look = (): void => {
      for (const name of ['ana', 'ben', 'cleo']) {
        const { length } = world.mailbox(name).all();
        for (let mail = seen.get(name) ?? 0; mail < length; mail++) arrived.push(`${name} at ${toIso(world.clock.now())}`);
        seen.set(name, length);
      }
    };
    await world.event(await world.source(policyId), { summary: 'as explained' });
    look();
    for (let minute = 0; minute < 90; minute++) {
      await world.advance('1m');
      look();
    }
    expect(told).toHaveLength(5);
    expect(arrived.sort()).toEqual([...told].sort());
  });
});
