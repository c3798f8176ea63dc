import type { PushDeviceId, UserId } from '../ids';
import { instant } from '../time';
import { person, pushDevice } from '../testing/notification-builders';
import { addPushDevice, losePushDevice, othersWithDevice, removePushDevice } from './push-devices';
import type { User } from './resources';

const ana = person({ pushDevices: [pushDevice(1), pushDevice(2)] });
const by = { userId: ana.id, role: 'RESPONDER' } as const;
const now = instant(5_000);
const request = { type: 'WEB_PUSH', name: 'Phone', address: { hash: 'new', cipher: 'secret' } } as const;
const id = (number: number) => number as PushDeviceId;
const add = (user: User, changes: object = {}) => addPushDevice(user, id(9), { ...request, ...changes }, { by, now });

describe('the devices of a person', () => {
  it('get one more', () => {
    const { pushDevices, updatedAt } = add(ana);
    expect(pushDevices).toEqual([...(ana.pushDevices ?? []), { id: 9, ...request, addedAt: now }]);
    expect(updatedAt).toBe(now);
  });

  it('stay as many when one is added again, which has a new name and new keys then', () => {
    const address = { hash: 'hash-2', cipher: 'renewed' };
    expect(add(ana, { name: ' Tablet ', address }).pushDevices).toEqual([
      pushDevice(1),
      { id: 2, type: 'WEB_PUSH', name: 'Tablet', address, addedAt: instant(0) },
    ]);
  });

  it('are not without end', () => {
    const many = Array.from({ length: 20 }, (_, index) => pushDevice(index + 1));
    expect(() => add({ ...ana, pushDevices: many })).toThrow('20 devices already');
    expect(add({ ...ana, pushDevices: many }, { address: { hash: 'hash-3', cipher: 'x' } }).pushDevices).toHaveLength(20);
  });

  it.each(['', '   ', 'x'.repeat(101)])('have names that can be read', (name) => {
    expect(() => add(ana, { name })).toThrow('name: must have 1 to 100 characters');
  });

  it('are for the person and administrators to change (B32)', () => {
    const change = { by: { userId: 99 as UserId, role: 'USER' }, now } as const;
    expect(() => addPushDevice(ana, id(9), request, change)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(() => removePushDevice(ana, id(1), change)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(removePushDevice(ana, id(1), { by: { ...change.by, role: 'ADMIN' }, now }).pushDevices).toEqual([pushDevice(2)]);
  });

  it('lose one with the reason on record, once', () => {
    const lost = losePushDevice(ana, id(1), 'gone', now);
    expect(lost).toMatchObject({
      pushDevices: [{ id: 2 }],
      lostPushDevices: [{ id: 1, type: 'WEB_PUSH', name: 'Phone 1', reason: 'gone', lostAt: now }],
    });
    expect(JSON.stringify(lost.lostPushDevices)).not.toContain('cipher');
    expect(losePushDevice(lost, id(1), 'gone', instant(9_000))).toBe(lost);
  });

  it('remember the last ten that were lost', () => {
    let user = person();
    for (let number = 1; number <= 12; number++)
      user = losePushDevice({ ...user, pushDevices: [pushDevice(number)] }, id(number), 'gone', now);
    expect(user.lostPushDevices?.map((device) => device.id)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('are found with whoever else has one of them', () => {
    const ben = person({ id: 2 as UserId, pushDevices: [pushDevice(7, { address: { hash: 'new', cipher: 'x' } }), pushDevice(8)] });
    expect(othersWithDevice([ana, ben], request.address)).toEqual([{ userId: 2, deviceId: 7 }]);
  });
});
