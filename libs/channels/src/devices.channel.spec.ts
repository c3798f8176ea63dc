import type { PushDevice } from '@tocsin/domain';
import type { SendOutcome } from './channel';
import { DevicesChannel } from './devices.channel';
import type { DeviceService } from './devices.channel';
import { hostIn } from './host-in';

const done: SendOutcome = { type: 'handed-over', receiptExpected: false };
const device = (id: number, url: string): PushDevice =>
  ({ id, type: 'WEB_PUSH', name: 'a', address: { hash: url, cipher: url }, addedAt: 0 }) as unknown as PushDevice;
const message = (...devices: readonly PushDevice[]) => ({ target: '', devices, message: { subject: 's', text: 't' }, key: 'k' });

let silent: (() => void)[];
let pushed: string[];
let channel: DevicesChannel;
beforeEach(() => {
  silent = [];
  pushed = [];
  const service: DeviceService = {
    type: 'WEB_PUSH',
    provider: 'webpush',
    atOnce: 1,
    hostOf: hostIn,
    push: async (url) => {
      pushed.push(url);
      if (url.startsWith('https://dead.')) await new Promise<void>((resolve) => silent.push(resolve));
      return done;
    },
  };
  channel = new DevicesChannel([service], (cipher) => cipher);
});

const dead = device(1, 'https://dead.test/1');
const live = device(2, 'https://live.test/2');

describe('devices at several hosts', () => {
  it('of a host that does not answer hold up no other host', async () => {
    const hanging = channel.send(message(dead));
    // Thousands are before the next one there.
    const behind = Array.from({ length: 2_000 }, () => channel.room({ devices: [dead] }));
    expect(await channel.send(message(live))).toEqual(done);
    silent[0]?.();
    expect(await hanging).toEqual(done);
    (await behind[0])?.leave();
    for (const waiting of behind.slice(1)) void waiting.then((room) => room?.leave());
  });

  it('of one person: what is at the host that answers is written to, soon after there is room', async () => {
    const hanging = channel.send(message(dead));
    const outcome = await channel.send(message(dead, live));
    expect(outcome).toEqual(done);
    expect(pushed).toEqual(['https://dead.test/1', 'https://live.test/2']);
    silent[0]?.();
    await hanging;
  });

  it('give the room at a host back while another one has not answered yet', async () => {
    const both = channel.send(message(dead, live));
    expect(await channel.send(message(live))).toEqual(done);
    silent[0]?.();
    expect(await both).toEqual(done);
  });

  it('of which one was removed while the message waited are written to without it', async () => {
    const room = await channel.room({ devices: [dead, live] });
    expect(await channel.send(message(live), room)).toEqual(done);
    expect(pushed).toEqual(['https://live.test/2']);
  });

  it('are left alone once whoever waits is to wait no longer', async () => {
    const hanging = channel.send(message(dead));
    const enough = new AbortController();
    const waiting = channel.room({ devices: [dead] }, enough.signal);
    enough.abort();
    expect(await waiting).toBeUndefined();
    silent[0]?.();
    await hanging;
  });
});
