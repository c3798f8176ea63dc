import { World } from './world';

let world: World;
beforeAll(async () => (world = await World.start()));
afterAll(() => world.stop());

interface Problem {
  readonly code: string;
  readonly level?: number;
  readonly user?: { readonly id: number };
  readonly lastSuccess?: string;
}

const problemsOf = async (id: number): Promise<readonly Problem[]> =>
  (await world.get<{ problems: Problem[] }>(`/api/users/${id}/readiness`)).body.problems;

/** Policies that have a level which reaches nobody, as counted by now. */
const unready = async (): Promise<number> => {
  await world.advance('1m');
  return Number((await world.metric('tocsin_policies_unready'))[0]?.split(' ')[1]);
};

describe('whoever saves a policy', () => {
  it('is told whom it would not reach, and the policy goes on telling', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben', { verified: false });
    const empty = await world.shifts('Nobody', []);
    const body = {
      name: 'Disks',
      escalationRules: [
        { escalationTimeout: 5, users: [{ id: ana }] },
        { escalationTimeout: 5, users: [{ id: ben }] },
        { escalationTimeout: 5, schedules: [{ id: empty }] },
      ],
    };
    const made = await world.post<{ id: number; warnings: Problem[] }>('/api/escalation-policies', body);
    expect(made.status).toBe(201);
    expect(made.body.warnings.map(({ code, level, user }) => ({ code, of: level ?? user?.id }))).toEqual([
      { code: 'LEVEL_REACHES_NOBODY', of: 1 },
      { code: 'LEVEL_REACHES_NOBODY', of: 2 },
      { code: 'NEVER_REACHED', of: ana },
      { code: 'NO_VERIFIED_CONTACT', of: ben },
      { code: 'CONTACT_NOT_VERIFIED', of: ben },
      { code: 'CONTACT_NOT_VERIFIED', of: ben },
    ]);
    const at = `/api/escalation-policies/${made.body.id}`;
    expect((await world.get(`${at}/readiness`)).body).toMatchObject({
      policy: { id: made.body.id, name: 'Disks' },
      ready: false,
      levels: [
        { level: 0, ready: true },
        { level: 1, ready: false },
        { level: 2, ready: false },
      ],
      people: [
        { user: { id: ana }, ready: true },
        { user: { id: ben }, ready: false },
      ],
    });
    expect(await unready()).toBe(1);
    const mended = await world.put<{ warnings: Problem[] }>(at, { ...body, escalationRules: body.escalationRules.slice(0, 1) });
    expect(mended.body.warnings.map(({ code }) => code)).toEqual(['NEVER_REACHED']);
    expect(await unready()).toBe(0);
  });
});

describe('somebody whom nothing has reached for long', () => {
  it('is said to be unproven until something arrives, and again a quarter of a year later', async () => {
    const cleo = await world.person('cleo');
    const [contact] = (await world.get<{ id: number }[]>(`/api/users/${cleo}/contacts/emails`)).body;
    expect((await problemsOf(cleo)).map(({ code }) => code)).toEqual(['NEVER_REACHED']);
    await world.post(`/api/users/${cleo}/test-notification`, { method: 'EMAIL', contact: { id: contact?.id } });
    await world.settle();
    expect(await problemsOf(cleo)).toEqual([]);
    const lastSuccess = new Date(world.clock.now()).toISOString();
    await world.advance('91d');
    expect(await problemsOf(cleo)).toMatchObject([{ code: 'LAST_SUCCESS_TOO_OLD', lastSuccess }]);
  });
});

describe('a method whose provider takes nothing', () => {
  it('is said to fail, with since when, also after a restart, until something is taken', async () => {
    const ana = await world.person('dora');
    const admins = await world.policy([{ targets: [{ type: 'user', userId: ana }] }]);
    const [contact] = (await world.get<{ id: number }[]>(`/api/users/${ana}/contacts/emails`)).body;
    const [emil, frida] = [await world.person('emil'), await world.person('frida')];
    const test = async (whom = ana, contactId = contact?.id) => {
      await world.post(`/api/users/${whom}/test-notification`, { method: 'EMAIL', contact: { id: contactId } });
      await world.settle();
    };
    const codesOf = async (whom: number) => (await problemsOf(whom)).map(({ code }) => code);
    const key = await world.keyOf(ana);
    /** Asked in every way that there is: all have the same answer. */
    const ready = async () => {
      const asked = (await world.get<{ ready: boolean }>(`/api/users/${ana}/readiness`)).body.ready;
      const own = (await world.get<{ readiness: { ready: boolean } }>('/me/reach', key)).body.readiness.ready;
      expect([own, (await world.get<{ ready: boolean }>('/me/state', key)).body.ready]).toEqual([asked, asked]);
      return asked;
    };
    await test();
    expect([await ready(), await problemsOf(ana)]).toEqual([true, []]);

    world.mail.refuse({ code: 451, times: 1_000 });
    const from = new Date(world.clock.now()).toISOString();
    const source = await world.source(admins);
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    // It may be a hiccup.
    expect(await problemsOf(ana)).toEqual([]);
    await world.advance('3m');
    const failing = { code: 'PROVIDER_FAILING', method: 'EMAIL', message: expect.stringContaining(`from ${from} to `) };
    expect([await ready(), await problemsOf(ana)]).toMatchObject([false, [failing]]);
    // It may be her mailbox: two people make it the method.
    expect(await codesOf(frida)).toEqual(['NEVER_REACHED']);
    await test(emil, (await world.get<{ id: number }[]>(`/api/users/${emil}/contacts/emails`)).body[0]?.id);
    expect(await codesOf(frida)).toEqual(['PROVIDER_FAILING']);
    const saved = await world.post<{ warnings: Problem[] }>('/api/escalation-policies', {
      name: 'Mails',
      escalationRules: [{ escalationTimeout: 5, users: [{ id: ana }] }],
    });
    // The level is tried all the same.
    expect(saved.body.warnings).toMatchObject([{ code: 'PROVIDER_FAILING', user: { id: ana } }]);
    expect(await world.metric('tocsin_people_readiness_problems')).toContainEqual(
      expect.stringMatching(/^tocsin_people_readiness_problems\{problem="provider-failing"\} [1-9]/),
    );
    // Nobody waits for these pages any more, and nothing has shown that the provider is back.
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk' });
    await world.down('1h');
    expect(await problemsOf(ana)).toMatchObject([failing]);

    world.mail.refuse({ code: 451, times: 0 });
    await test();
    expect([await ready(), await problemsOf(ana)]).toEqual([true, []]);
  });
});
