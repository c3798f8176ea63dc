import { PushService } from '@tocsin/testing';
import type { PushDevice, ReceivedPush } from '@tocsin/testing';
import { World } from './world';

let push: PushService;
let world: World;
beforeEach(async () => {
  push = await PushService.start();
  world = await World.start({}, { TOCSIN_OUTGOING_ALLOW: push.url });
});
afterEach(async () => {
  await world.stop();
  await push.stop();
});

const pushAlone = [{ type: 'HIGH_PRIORITY', method: 'PUSH', delayMin: 0 }] as const;

/** Somebody who is paged by push, on these devices. */
const responder = async (...devices: readonly PushDevice[]) => {
  const ana = await world.person('ana');
  await world.changePerson(ana, (user) => ({ ...user, alertPreferences: pushAlone.map((each) => ({ ...each, id: 900 as never })) }));
  const key = await world.keyOf(ana);
  await world.settle();
  const at = `/api/users/${ana}/contacts/push-devices`;
  for (const [index, { subscription }] of devices.entries())
    expect((await world.post(at, { type: 'WEB_PUSH', name: `device ${index}`, subscription }, key)).status).toBe(201);
  const level = { targets: [{ type: 'user', userId: ana }] } as const;
  const source = await world.source(await world.policy([level, level]));
  await world.settle();
  return { ana, key, source, at };
};

const raised = async (source: string, summary: string): Promise<number> => {
  await world.event(source, { eventType: 'ALERT', summary, alertKey: summary });
  await world.settle();
  return (await world.alerts())[0]?.id ?? 0;
};

/** What the worker of the page does when a button of the notification is pressed. */
const press = async (pushed: ReceivedPush | undefined, action: string): Promise<string> => {
  const link = pushed?.actions.find((each) => each.action === action)?.url ?? '';
  const answered = await fetch(world.urlOf(new URL(link).pathname), { method: 'POST', headers: { accept: 'application/json' } });
  return ((await answered.json()) as { text: string }).text;
};

describe('a page by push', () => {
  it('reaches every device of the person, and is accepted from the notification, on either of them', async () => {
    const [phone, laptop] = [push.device(), push.device()];
    const { source } = await responder(phone, laptop);
    const alertId = await raised(source, 'disk full');
    expect(push.refused).toEqual([]);
    for (const device of [phone, laptop]) expect(device.received).toMatchObject([{ title: `[#${alertId}] disk full` }]);
    expect(await press(phone.received[0], 'accept')).toBe('You accepted this alert.');
    expect(await world.alert(alertId)).toMatchObject({ status: 'ACCEPTED' });
    // The same answer twice is harmless.
    expect(await press(laptop.received[0], 'accept')).toContain('Already accepted by Ana Tester');
    expect(await press(laptop.received[0], 'resolve')).toBe('You resolved this alert.');
    expect(await press(phone.received[0], 'accept')).toContain('Already resolved by Ana Tester');
  });

  it('is escalated from the notification, once for one level (B13)', async () => {
    const phone = push.device();
    const { source } = await responder(phone);
    await raised(source, 'disk full');
    expect(await press(phone.received[0], 'escalate')).toBe('The alert is escalated to the next level.');
    await world.settle();
    // On the next level stands the same person, who is paged anew (B8).
    expect(phone.received).toHaveLength(2);
    expect(await press(phone.received[0], 'escalate')).toContain('already at level 2');
    await world.settle();
    expect(phone.received).toHaveLength(2);
  });

  it('leads to a page with every answer where a device shows no buttons (B28)', async () => {
    const phone = push.device();
    const { source } = await responder(phone);
    const alertId = await raised(source, 'disk full');
    const page = new URL(phone.received[0]?.url ?? '').pathname;
    const shown = async () => (await fetch(world.urlOf(page))).text();
    const answers = [...(await shown()).matchAll(/action="[^"]*(\/answer\/(\w+)\/[^"]+)"/g)];
    expect(answers.map(([, , purpose]) => purpose)).toEqual(['accept', 'resolve', 'escalate']);
    const { status } = await fetch(world.urlOf(answers[0]?.[1] ?? ''), { method: 'POST' });
    expect([status, (await world.alert(alertId)).status]).toEqual([200, 'ACCEPTED']);
    expect(await shown()).not.toMatch(/answer\/accept/);
    expect((await fetch(world.urlOf(page.replace(/.$/, '')))).status).toBe(404);
  });

  it('to a device that is gone has the device removed with the reason, and reaches the others', async () => {
    const [gone, there] = [push.device(), push.device()];
    const { source, key, at } = await responder(gone, there);
    push.drop(gone);
    await raised(source, 'disk full');
    await world.settle();
    expect(there.received).toHaveLength(1);
    expect((await world.get(at, key)).body).toMatchObject([
      { name: 'device 1', status: 'OK' },
      { name: 'device 0', status: 'LOST', reason: 'gone', lostAt: expect.any(String) },
    ]);
    await raised(source, 'cpu hot');
    expect(push.refused).toHaveLength(1);
  });

  it('is sent again when the push service has too much to do, in place of the first one', async () => {
    const phone = push.device();
    const { source } = await responder(phone);
    push.answerNext(429, 503);
    await raised(source, 'disk full');
    expect(phone.received).toEqual([]);
    await world.advance('1m');
    expect(phone.received).toMatchObject([{ tag: expect.stringMatching(/^alert-\d+$/) }]);
  });

  it('without a device is held with the reason, and readiness says so', async () => {
    const { source, ana, key, at } = await responder();
    const alertId = await raised(source, 'disk full');
    expect(JSON.stringify(await world.timeline(alertId))).toContain('switched it on for no device');
    expect((await world.get(`/api/users/${ana}/readiness`, key)).body).toMatchObject({
      ready: false,
      problems: expect.arrayContaining([expect.objectContaining({ code: 'NO_DEVICE' })]),
    });
    expect((await world.post(`/api/users/${ana}/test-notification`, { method: 'PUSH' }, key)).status).toBe(400);
    const device = push.device();
    await world.post(at, { type: 'WEB_PUSH', name: 'Phone', subscription: device.subscription }, key);
    expect((await world.post(`/api/users/${ana}/test-notification`, { method: 'PUSH' }, key)).status).toBe(202);
    await world.settle();
    expect(device.received).toMatchObject([{ title: 'Test notification from Tocsin', actions: [] }]);
  });

  it('is the page of a person: their open alerts with what answers them, and nobody else’s', async () => {
    const { source, key } = await responder(push.device());
    const alertId = await raised(source, 'disk full');
    const { body } = await world.get<{ pushKey: string; alerts: { id: number; links: { accept: string } }[] }>('/me/state', key);
    expect(body).toMatchObject({ pushKey: expect.stringMatching(/^[\w-]{87}$/), alerts: [{ id: alertId, mine: 'PENDING' }] });
    expect((await world.get<{ alerts: unknown[] }>('/me/state')).body.alerts).toEqual([]);
    const accept = new URL(body.alerts[0]?.links.accept ?? '').pathname;
    await fetch(world.urlOf(accept), { method: 'POST', headers: { accept: 'application/json' } });
    expect((await world.get('/me/state', key)).body).toMatchObject({ alerts: [{ status: 'ACCEPTED', mine: 'ACCEPTED' }] });
  });
});
