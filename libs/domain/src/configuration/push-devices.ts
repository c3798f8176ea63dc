import type { PushDeviceId, UserId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import { invalidSetting } from './refusals';
import type { LostPushDevice, PushDevice, User } from './resources';
import { refuseStrangers } from './roles';
import type { Editor } from './roles';

export type PushDeviceRequest = Omit<PushDevice, 'id' | 'addedAt'>;

interface DeviceChange {
  readonly by: Editor;
  readonly now: Instant;
}

/** Each page goes to each of them. */
const MOST_DEVICES = 20;
const LOST_KEPT = 10;
const LONGEST_NAME = 100;

/**
 * A device where the person is known already keeps its id: browsers renew their subscriptions, and pages ask for them anew.
 * @throws Rejection `invalid`, `forbidden`
 */
export const addPushDevice = (user: User, id: PushDeviceId, request: PushDeviceRequest, { by, now }: DeviceChange): User => {
  refuseStrangers(by, user.id);
  const name = request.name.trim();
  if (name === '' || name.length > LONGEST_NAME) throw invalidSetting('name', `must have 1 to ${LONGEST_NAME} characters`);
  const devices = pushDevicesOf(user);
  const known = devices.find(({ address }) => address.hash === request.address.hash);
  if (known === undefined && devices.length >= MOST_DEVICES)
    throw invalidSetting('user', `has ${MOST_DEVICES} devices already: remove one of them first`);
  const device: PushDevice = { ...request, name, id: known?.id ?? id, addedAt: known?.addedAt ?? now };
  const pushDevices = known === undefined ? [...devices, device] : devices.map((each) => (each.id === known.id ? device : each));
  return { ...user, pushDevices, updatedAt: now };
};

/** @throws Rejection `not-found`, `forbidden` */
export const removePushDevice = (user: User, id: PushDeviceId, { by, now }: DeviceChange): User => {
  refuseStrangers(by, user.id);
  pushDeviceOf(user, id);
  return { ...user, pushDevices: pushDevicesOf(user).filter((device) => device.id !== id), updatedAt: now };
};

/** Not by the person's wish: they must be able to see why their device is silent. One that is gone already stays as it is. */
export const losePushDevice = (user: User, id: PushDeviceId, reason: LostPushDevice['reason'], now: Instant): User => {
  const device = pushDevicesOf(user).find((each) => each.id === id);
  if (device === undefined) return user;
  const lost: LostPushDevice = { id, type: device.type, name: device.name, reason, lostAt: now };
  return {
    ...user,
    pushDevices: pushDevicesOf(user).filter((each) => each.id !== id),
    lostPushDevices: [...(user.lostPushDevices ?? []), lost].slice(-LOST_KEPT),
    updatedAt: now,
  };
};

/** @throws Rejection `not-found` */
export const pushDeviceOf = (user: User, id: number): PushDevice => {
  const device = pushDevicesOf(user).find((each) => each.id === id);
  if (device === undefined) throw rejected('not-found', `user ${user.id} has no push device ${id}`);
  return device;
};

export const pushDevicesOf = (user: Pick<User, 'pushDevices'>): readonly PushDevice[] => user.pushDevices ?? [];

/** A browser belongs to whoever signed in there last: to nobody else may it show pages. */
export const othersWithDevice = (
  others: readonly User[],
  address: PushDevice['address'],
): readonly { readonly userId: UserId; readonly deviceId: PushDeviceId }[] =>
  others.flatMap((user) =>
    pushDevicesOf(user)
      .filter((device) => device.address.hash === address.hash)
      .map((device) => ({ userId: user.id, deviceId: device.id })),
  );
