import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PushDevice, PushDeviceId, PushDeviceType } from '@tocsin/domain';
import { SecretUnreadable } from '@tocsin/platform';
import { Channel } from './channel';
import type { Destination, OutgoingMessage, Room, SendOutcome } from './channel';
import { DevicesRoom } from './devices-room';
import type { Turn } from './devices-room';
import type { RenderedMessage } from './message';
import { LONGEST_ROOM_WAIT_MS, NO_ROOM, ProviderBudget } from './provider-budget';
import { outcomeOfUnreadable } from './unreadable';

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

/** Of a device that one of the services writes to. */
interface Place {
  readonly service: DeviceService;
  readonly id: PushDeviceId;
  readonly address: string;
  readonly host: string;
}

interface Tried {
  readonly id: PushDeviceId;
  readonly outcome: DeviceOutcome;
  /** Absent: nobody was asked. */
  readonly provider?: string;
}

interface Host {
  readonly budget: ProviderBudget;
  /** Messages begun that are in line there. */
  waiting: number;
}

export interface DevicesChannelOptions {
  readonly othersWaitMs?: number;
  readonly mostWaiting?: number;
}

/** Once one device can be written to, the others wait for their hosts as long as a call may take. */
const OTHERS_WAIT_MS = 15_000;
/** At one host. Messages that wait there have places of the timers, which a host that is silent must not take from everybody else. */
const MOST_WAITING = 100;
/** In line: until one device has room, and then as long as the others wait. */
const LONGEST_WAIT_MS = LONGEST_ROOM_WAIT_MS + OTHERS_WAIT_MS;

/**
 * One message to all devices of a person, whatever they are: which of them is at hand nobody knows. It is handed over when one
 * of them has it. A device has one service, so another one is no fail-over for it, and services are asked side by side.
 */
export class DevicesChannel extends Channel {
  readonly method = 'PUSH';
  readonly provider: string;
  /** By service and host: browsers and rooms bring their own, and a host that does not answer holds up no other. */
  private readonly hosts = new Map<string, Host>();

  constructor(
    private readonly services: readonly DeviceService[],
    private readonly openAddress: (cipher: string) => string,
    private readonly options: DevicesChannelOptions = {},
  ) {
    super();
    const [only, ...others] = services.map(({ provider }) => provider);
    this.provider = others.length === 0 && only !== undefined ? only : 'devices';
  }

  /** Together with what writes to devices of other types. */
  and({ services }: DevicesChannel): DevicesChannel {
    return new DevicesChannel([...this.services, ...services], this.openAddress, this.options);
  }

  override async room(
    { devices = [], isUrgent = false }: Pick<Destination, 'devices' | 'isUrgent'>,
    noLonger?: AbortSignal,
  ): Promise<Room | undefined> {
    const { places } = this.placesOf(devices);
    const room = new DevicesRoom({ isUrgent, ...(noLonger === undefined ? {} : { noLonger }) });
    for (const place of places) room.turnOf(place.id, this.hostOf(place).budget);
    // With no place there is nothing to wait for, and `send` says why.
    return places.length === 0 || (await room.some()) ? room : undefined;
  }

  /** Each device is written to when its host has room. What cannot be in time is left out, and so is what was removed meanwhile. */
  async send({ devices = [], message, key }: OutgoingMessage, waitedFor?: Room): Promise<SendOutcome> {
    const room = waitedFor instanceof DevicesRoom ? waitedFor : new DevicesRoom();
    const tooLong = setTimeout(() => room.waitNoLonger(), this.options.othersWaitMs ?? OTHERS_WAIT_MS);
    try {
      const { places, unreadable } = this.placesOf(devices);
      room.leaveAllBut(places.map(({ id }) => id));
      const written = await Promise.all(places.map((place) => this.write(place, room, message, key)));
      // Those without room first: what another device's provider wants, to be left alone for long, is not for them.
      const tried = [...written.toSorted(unaskedFirst), ...unreadable];
      return this.services.length === 1 ? together(tried) : { ...together(tried), asked: this.asked(tried) };
    } finally {
      clearTimeout(tooLong);
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

  /** What cannot be decrypted, since its key was taken off the list, keeps nothing from the other devices. */
  private placesOf(devices: readonly PushDevice[]): { readonly places: readonly Place[]; readonly unreadable: readonly Tried[] } {
    const places: Place[] = [];
    const unreadable: Tried[] = [];
    for (const { id, type, address: stored } of devices) {
      const service = this.services.find((each) => each.type === type);
      if (service === undefined) continue;
      try {
        const address = this.openAddress(stored.cipher);
        places.push({ service, id, address, host: `${service.provider} ${service.hostOf(address)}` });
      } catch (error) {
        if (!(error instanceof SecretUnreadable)) throw error;
        unreadable.push({ id, outcome: outcomeOfUnreadable('the address of a device', error) });
      }
    }
    return { places, unreadable };
  }

  /** Each device gives its room back by itself: the others of the person may be at hosts that need longer. */
  private async write(place: Place, room: DevicesRoom, message: RenderedMessage, key: string): Promise<Tried> {
    const { service, id, address } = place;
    const host = this.hostOf(place);
    const turn = room.turnOf(id, host.budget);
    if (!(await this.comes(turn, host))) return { id, outcome: NO_ROOM };
    try {
      return { id, provider: service.provider, outcome: await service.push(address, message, key) };
    } finally {
      turn.leave();
    }
  }

  private async comes(turn: Turn, host: Host): Promise<boolean> {
    // Where there is room, it is there by then.
    if (turn.isThere || (await Promise.race([turn.came, nextTurn(false)]))) return true;
    if (host.waiting >= (this.options.mostWaiting ?? MOST_WAITING)) turn.leave();
    host.waiting += 1;
    try {
      return await turn.came;
    } finally {
      host.waiting -= 1;
    }
  }

  private hostOf({ service, host: name }: Place): Host {
    const host = this.hosts.get(name) ?? { budget: new ProviderBudget(service.atOnce, { longestWaitMs: LONGEST_WAIT_MS }), waiting: 0 };
    this.hosts.set(name, host);
    return host;
  }

  private forgetIdle(): void {
    for (const [name, { budget }] of this.hosts) if (budget.isIdle) this.hosts.delete(name);
  }
}

const unaskedFirst = (a: Tried, b: Tried): number => Number(a.provider !== undefined) - Number(b.provider !== undefined);

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
