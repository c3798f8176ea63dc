import type { PushDevice, PushDeviceId, PushDeviceType } from '@tocsin/domain';
import { Channel } from './channel';
import type { Destination, OutgoingMessage, Room, SendOutcome } from './channel';
import type { RenderedMessage } from './message';
import { ProviderBudget } from './provider-budget';

/** `gone`: nothing will ever reach the device again, and it is to be removed. */
export type DeviceOutcome = SendOutcome | { readonly type: 'gone'; readonly reason: string };

/** What writes to devices of one type. Promises the same as a channel. */
export interface DeviceService {
  readonly type: PushDeviceType;
  readonly provider: string;
  /** Calls that one host is asked at once. */
  readonly atOnce: number;
  /** Who answers at an address; the same for all, where there is one. */
  hostOf(address: string): string;
  push(address: string, message: RenderedMessage, key: string): Promise<DeviceOutcome>;
}

interface Tried {
  readonly id: PushDeviceId;
  readonly provider: string;
  readonly outcome: DeviceOutcome;
}

/** Of a device that one of the services writes to. */
interface Place {
  readonly service: DeviceService;
  readonly id: PushDeviceId;
  readonly address: string;
}

/** Devices that there is room for. */
class DevicesRoom implements Room {
  constructor(readonly places: readonly (Place & { readonly room: Room })[]) {}

  leave(): void {
    for (const { room } of this.places) room.leave();
  }
}

/** Who has a device that can be written to does not wait longer for a host that is behind. */
const OTHERS_WAIT_MS = 2_000;

/**
 * One message to all devices of a person, whatever they are: which of them is at hand nobody knows. It is handed over when one
 * of them has it. A device has one service, so another one is no fail-over for it, and services are asked side by side.
 */
export class DevicesChannel extends Channel {
  readonly method = 'PUSH';
  readonly provider: string;
  /** By service and host: browsers and rooms bring their own, and a host that does not answer holds up no other. */
  private readonly budgets = new Map<string, ProviderBudget>();

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

  override async room({ devices = [] }: Pick<Destination, 'devices'>, noLonger?: AbortSignal): Promise<DevicesRoom | undefined> {
    const places = devices.flatMap((device) => this.placeOf(device));
    const enough = new AbortController();
    const untilThen = noLonger === undefined ? enough.signal : AbortSignal.any([enough.signal, noLonger]);
    let soon: NodeJS.Timeout | undefined;
    const found = await Promise.all(
      places.map(async (place) => {
        const room = await this.budgetOf(place).room(untilThen);
        if (room === undefined) return [];
        soon ??= setTimeout(() => enough.abort(), OTHERS_WAIT_MS);
        return [{ ...place, room }];
      }),
    );
    clearTimeout(soon);
    const withRoom = found.flat();
    return places.length > 0 && withRoom.length === 0 ? undefined : new DevicesRoom(withRoom);
  }

  async send({ devices = [], message, key }: OutgoingMessage, waitedFor?: Room): Promise<SendOutcome> {
    const room = waitedFor instanceof DevicesRoom ? waitedFor : await this.room({ devices });
    if (room === undefined) return { type: 'failed', permanent: false, reason: 'too many messages are under way' };
    try {
      // Whatever was removed while it waited is not written to.
      const places = room.places.filter(({ id }) => devices.some((device) => device.id === id));
      const tried = await Promise.all(places.map((place) => this.pushTo(place, message, key)));
      return this.services.length === 1 ? together(tried) : { ...together(tried), asked: this.asked(tried) };
    } finally {
      room.leave();
      this.forgetIdle();
    }
  }

  async close(): Promise<void> {}

  private asked(tried: readonly Tried[]): SendOutcome['asked'] {
    return this.services.flatMap(({ provider }) => {
      const own = tried.filter((each) => each.provider === provider);
      return own.length === 0 ? [] : [{ provider, outcome: together(own).type }];
    });
  }

  private placeOf({ id, type, address: { cipher } }: PushDevice): readonly Place[] {
    const service = this.services.find((each) => each.type === type);
    return service === undefined ? [] : [{ service, id, address: this.openAddress(cipher) }];
  }

  /** Each device gives its room back by itself: the others of the person may be at hosts that need longer. */
  private async pushTo(
    { service, id, address, room }: Place & { readonly room: Room },
    message: RenderedMessage,
    key: string,
  ): Promise<Tried> {
    try {
      return { id, provider: service.provider, outcome: await service.push(address, message, key) };
    } finally {
      room.leave();
    }
  }

  private budgetOf({ service, address }: Place): ProviderBudget {
    const name = `${service.provider} ${service.hostOf(address)}`;
    const budget = this.budgets.get(name) ?? new ProviderBudget(service.atOnce);
    this.budgets.set(name, budget);
    return budget;
  }

  private forgetIdle(): void {
    for (const [name, budget] of this.budgets) if (budget.isIdle) this.budgets.delete(name);
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
