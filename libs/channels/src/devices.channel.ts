import type { PushDevice, PushDeviceId, PushDeviceType } from '@tocsin/domain';
import { Channel } from './channel';
import type { OutgoingMessage, SendOutcome } from './channel';
import type { RenderedMessage } from './message';

/** `gone`: nothing will ever reach the device again, and it is to be removed. */
export type DeviceOutcome = SendOutcome | { readonly type: 'gone'; readonly reason: string };

/** What writes to devices of one type. Promises the same as a channel. */
export interface DeviceService {
  readonly type: PushDeviceType;
  readonly provider: string;
  push(address: string, message: RenderedMessage, key: string): Promise<DeviceOutcome>;
}

interface Tried {
  readonly id: PushDeviceId;
  readonly provider: string;
  readonly outcome: DeviceOutcome;
}

/**
 * One message to all devices of a person, whatever they are: which of them is at hand nobody knows. It is handed over when one
 * of them has it. A device has one service, so another one is no fail-over for it, and services are asked side by side.
 */
export class DevicesChannel extends Channel {
  readonly method = 'PUSH';
  readonly provider: string;

  constructor(
    private readonly services: readonly DeviceService[],
    private readonly openAddress: (cipher: string) => string,
  ) {
    super();
    const [only, ...others] = services.map(({ provider }) => provider);
    this.provider = others.length === 0 && only !== undefined ? only : 'devices';
  }

  /** Together with what writes to devices of other types. */
  and({ services }: DevicesChannel): DevicesChannel {
    return new DevicesChannel([...this.services, ...services], this.openAddress);
  }

  async send({ devices = [], message, key }: OutgoingMessage): Promise<SendOutcome> {
    const tried = await Promise.all(devices.flatMap((device) => this.pushTo(device, message, key)));
    return this.services.length === 1 ? together(tried) : { ...together(tried), asked: this.asked(tried) };
  }

  async close(): Promise<void> {}

  private asked(tried: readonly Tried[]): SendOutcome['asked'] {
    return this.services.flatMap(({ provider }) => {
      const own = tried.filter((each) => each.provider === provider);
      return own.length === 0 ? [] : [{ provider, outcome: together(own).type }];
    });
  }

  private pushTo(device: PushDevice, message: RenderedMessage, key: string): readonly Promise<Tried>[] {
    const service = this.services.find(({ type }) => type === device.type);
    if (service === undefined) return [];
    const { id, address } = device;
    return [service.push(this.openAddress(address.cipher), message, key).then((outcome) => ({ id, provider: service.provider, outcome }))];
  }
}

const together = (tried: readonly Tried[]): SendOutcome => {
  const outcomes = tried.map(({ outcome }) => outcome);
  const gone = tried.filter(({ outcome }) => outcome.type === 'gone').map(({ id }) => id);
  const also = gone.length === 0 ? {} : { gone };
  const best =
    outcomes.find(({ type }) => type === 'handed-over') ??
    outcomes.find(({ type }) => type === 'unknown') ??
    outcomes.find((outcome) => outcome.type === 'failed' && !outcome.permanent) ??
    outcomes[0];
  if (best === undefined) return { type: 'failed', permanent: true, reason: 'no device that a provider is set up for' };
  return best.type === 'gone' ? { type: 'failed', permanent: true, reason: best.reason, ...also } : { ...best, ...also };
};
