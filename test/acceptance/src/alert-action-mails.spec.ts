import type { UserId } from '@tocsin/domain';
import { START } from '@tocsin/event-store';
import { World } from './world';

const DISK = { summary: 'disk full', details: 'free: 0', alertKey: 'disk' };

describe('an action of type email', () => {
  let world: World;
  let ana: UserId;
  let key: string;
  beforeEach(async () => {
    world = await World.start();
    // Pages have nothing to do with it.
    ana = await world.person('ana', { preferences: [{ type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 120 }] });
    key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 300 }]));
  });
  afterEach(() => world.stop());

  const request = (params: object = {}) => ({
    ...{ name: 'mail', connectorType: 'email', triggerTypes: ['alert-created', 'alert-resolved'] },
    params: { recipients: ['noc@example.test', 'boss@example.test'], ...params },
  });
  const make = async (params: object = {}) =>
    expect(await world.post('/api/alert-actions', request(params))).toMatchObject({ status: 201 });
  const lines = async () => (await world.timeline((await world.alert()).id)).filter((line) => line.startsWith('Action mail'));

  it('reaches each address once, whoever they are', async () => {
    await make();
    await world.event(key, DISK);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    const { id } = await world.alert();
    for (const name of ['noc', 'boss'])
      expect(world.mailbox(name).subjects).toEqual([`[PENDING] #${id} disk full`, `[RESOLVED] #${id} disk full`]);
    expect(world.mailbox('noc').all()[0]?.text).toMatch(/alert-created, PENDING at 2026[^]*free: 0[^]*Alert #/);
    expect(await lines()).toEqual(['Action mail: done for alert-created', 'Action mail: done for alert-resolved']);
  });

  it('has a subject and a text by template, and no line break gets into a subject', async () => {
    await make({ subject: 'New: {{alertSummary}}', bodyTemplate: '{{alertDetails}} at {{alertSourceName}}' });
    await world.event(key, { ...DISK, summary: 'disk\r\nBcc: all@example.test' });
    const [mail] = world.mailbox('noc').all();
    expect(mail?.subject).toBe('New: disk Bcc: all@example.test');
    expect(mail?.text.trim()).toMatch(/^free: 0 at source \d+$/);
    expect(world.mailbox('all').all()).toEqual([]);
  });

  it('is tried again while the mail server refuses for now', async () => {
    await make({ recipients: ['noc@example.test'] });
    world.mail.refuse({ code: 451, times: 2 });
    await world.event(key, DISK);
    expect(world.mailbox('noc').all()).toEqual([]);
    await world.advance('1m');
    expect(world.mailbox('noc').all()).toHaveLength(1);
    expect(await lines()).toEqual([
      expect.stringMatching(/^Action mail: attempt 1 failed \(unreachable\); again at /),
      expect.stringMatching(/^Action mail: attempt 2 failed/),
      'Action mail: done for alert-created',
    ]);
  });

  it('whose answer got lost is sent again under the same Message-ID', async () => {
    await make({ recipients: ['noc@example.test'] });
    world.mail.make('drop-after');
    await world.event(key, DISK);
    await world.advance('1m');
    const [first, second, ...more] = world.mailbox('noc').all();
    expect(more).toEqual([]);
    expect(second?.messageId).toBe(first?.messageId);
    expect(await lines()).toEqual([expect.stringContaining('attempt 1 failed (connection-lost)'), 'Action mail: done for alert-created']);
  });

  it('ends when an address is refused for good', async () => {
    await make({ recipients: ['noc@example.test'] });
    world.mail.refuse({ code: 550, times: 1 });
    await world.event(key, DISK);
    await world.advance('1h');
    expect(world.mailbox('noc').all()).toEqual([]);
    expect(await lines()).toEqual(['Action mail: failed for alert-created: rejected']);
  });

  it('is refused with what is no address, and keeps addresses out of the log', async () => {
    const answer = await world.post('/api/alert-actions', request({ recipients: ['noc@example.test', 'nobody'] }));
    expect(answer).toMatchObject({ status: 400, body: { details: [{ field: 'params.recipients[1]' }] } });
    await make();
    await world.event(key, DISK);
    const { events } = await world.platform.eventStore.readAll({ prefixes: ['action-', 'alertaction-'], after: START, limit: 100 });
    expect(events.length).toBeGreaterThan(3);
    expect(JSON.stringify(events)).not.toContain('noc@example');
  });
});

describe('without a mail server', () => {
  it('an action of type email is refused, with what is missing', async () => {
    const world = await World.start({}, { SMTP_URL: '' });
    try {
      const params = { recipients: ['noc@example.test'] };
      const answer = await world.post('/api/alert-actions', {
        name: 'mail',
        connectorType: 'email',
        triggerTypes: ['alert-created'],
        params,
      });
      expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('SMTP_URL') } });
    } finally {
      await world.stop();
    }
  });
});
