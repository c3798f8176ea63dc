import { publicLostPushDevice, publicPushDevice } from '@tocsin/contracts';
import type { PublicNewPushDevice, PublicPushDevice } from '@tocsin/contracts';
import { addPushDevice, losePushDevice, othersWithDevice, pushDeviceOf, pushDevicesOf, removePushDevice } from '@tocsin/domain';
import type { Editor, PushDevice, PushDeviceId, PushDeviceRequest, UserId } from '@tocsin/domain';
import { ConfigurationStore, hashSecret, IdAllocator, SecretBox } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { People } from '../users/people';
import type { ContactOwner } from './contacts';

export interface PushDeviceDraft extends Omit<PushDeviceRequest, 'address'> {
  /** Which device it is: an endpoint, a topic. */
  readonly identity: string;
  /** All that is needed to write to it. */
  readonly address: string;
  /** What an app listens to; told once. */
  readonly subscribe?: Pick<PublicNewPushDevice, 'topic' | 'url'>;
}

/** The devices that pages are pushed to: seen and changed by the person and by administrators only (B32). */
export class PushDevices {
  constructor(
    private readonly people: People,
    private readonly store: ConfigurationStore,
    private readonly ids: IdAllocator,
    private readonly secrets: SecretBox,
  ) {}

  /** Those that were lost stand behind the others. @throws Rejection `not-found`, `forbidden` */
  async list({ reference, by }: ContactOwner): Promise<readonly PublicPushDevice[]> {
    const user = await this.people.findOwn(reference, by);
    return [...pushDevicesOf(user).map(publicPushDevice), ...(user.lostPushDevices ?? []).map(publicLostPushDevice)];
  }

  /** @throws Rejection `not-found`, `forbidden` */
  async get(id: number, { reference, by }: ContactOwner): Promise<PublicPushDevice> {
    return publicPushDevice(pushDeviceOf(await this.people.findOwn(reference, by), id));
  }

  /** The same device again is the same one. @throws Rejection, EventStoreFault */
  async add(
    { identity, address, subscribe, ...draft }: PushDeviceDraft,
    { reference, by }: ContactOwner,
    context: ChangeContext,
  ): Promise<{ readonly device: PublicNewPushDevice; readonly userId: UserId }> {
    const { id: userId } = await this.people.findOwn(reference, by);
    const stored = { hash: hashSecret(identity), cipher: this.secrets.encrypt(address) };
    const id = (await this.ids.next('push-device')) as PushDeviceId;
    const user = await this.store.change(
      'user',
      userId,
      (current, now) => addPushDevice(current, id, { ...draft, address: stored }, { by, now }),
      context,
    );
    // Theirs first: whoever is on call meanwhile is rather paged twice there than not at all.
    for (const other of othersWithDevice(this.people.others(userId), stored))
      await this.lose(other.userId, other.deviceId, 'taken-over', context);
    const device = pushDevicesOf(user).find((each) => each.address.hash === stored.hash) as PushDevice;
    return { device: { ...publicPushDevice(device), ...subscribe }, userId };
  }

  /** @throws Rejection, EventStoreFault */
  async remove(
    id: PushDeviceId,
    { reference, by }: { readonly reference: string; readonly by: Editor },
    context: ChangeContext,
  ): Promise<void> {
    const { id: userId } = await this.people.findOwn(reference, by);
    await this.store.change('user', userId, (current, now) => removePushDevice(current, id, { by, now }), context);
  }

  /** Again changes nothing. @throws Rejection `not-found` when the person is gone; EventStoreFault */
  async lose(userId: UserId, id: PushDeviceId, reason: 'gone' | 'taken-over', context: ChangeContext): Promise<void> {
    await this.store.change('user', userId, (current, now) => losePushDevice(current, id, reason, now), context);
  }
}
