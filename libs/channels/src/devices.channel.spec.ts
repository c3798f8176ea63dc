import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PushDevice } from '@tocsin/domain';
import { SecretUnreadable } from '@tocsin/platform';
import type { SendOutcome } from './channel';
import { DevicesChannel } from './devices.channel';
import type { DevicesChannelOptions, DeviceService } from './devices.channel';
import { hostIn } from './host-in';

const done: SendOutcome = { type: 'handed-over', receiptExpected: false };
const device = (id: number, url: string): PushDevice =>
  ({ id, type: 'WEB_PUSH', name: 'a', address: { hash: url, cipher: url }, addedAt: 0 }) as unknown as PushDevice;
const message = (...devices: readonly PushDevice[]) => ({ target: '', devices, message: { subject: 's', text: 't' }, key: 'k' });

let silent: (() => void)[];
let pushed: string[];
let channel: DevicesChannel;
const service: DeviceService = {
  type: 'WEB_PUSH',
  provider: 'webpush',
  atOnce: 1,
  hostOf: (url) => {
    if (url.startsWith('no URL')) throw new SyntaxError('no URL');
    return hostIn(url);
  },
  push: async (url) => {
    pushed.push(url);
    if (url.startsWith('https://dead.')) await new Promise<void>((resolve) => silent.push(resolve));
    return url.startsWith('https://closed.') ? { type: 'failed', permanent: true, reason: 'answered 403' } : done;
  },
};
const open = (cipher: string): string => {
  if (cipher.startsWith('sealed')) throw new SecretUnreadable('unknown-key');
  return cipher;
};
const channelWith = (options: DevicesChannelOptions): DevicesChannel => new DevicesChannel([service], open, options);
beforeEach(() => {
  silent = [];
  pushed = [];
  channel = channelWith({});
});
/** Whoever has all they wait for has gone on by then. */
const nowOr = async <Result>(waiting: Promise<Result>): Promise<Result | 'waits'> => Promise.race([waiting, nextTurn('waits' as const)]);

const dead = device(1, 'https://dead.test/1');
const live = device(2, 'https://live.test/2');
const closed = device(3, 'https://closed.test/3');
const noRoom: SendOutcome = { type: 'failed', permanent: false, reason: 'too many messages are under way' };

describe('devices at several hosts', () => {
  it('of a host that does not answer hold up no other host', async () => {
    const hanging = channel.send(message(dead));
    await nextTurn();
    // Thousands are before the next one there.
    const behind = Array.from({ length: 2_000 }, () => channel.room({ devices: [dead] }));
    expect(await channel.send(message(live))).toEqual(done);
    silent[0]?.();
    expect(await hanging).toEqual(done);
    (await behind[0])?.leave();
    for (const waiting of behind.slice(1)) void waiting.then((room) => room?.leave());
  });

  it('of one person: what is at the host that answers is written to at once, the others when theirs has room', async () => {
    const hanging = channel.send(message(dead));
    await nextTurn();
    const outcome = channel.send(message(dead, live));
    expect(await nowOr(outcome)).toBe('waits');
    expect(pushed).toEqual(['https://dead.test/1', 'https://live.test/2']);
    silent[0]?.();
    await hanging;
    expect(await nowOr(outcome)).toBe('waits');
    expect(pushed.slice(2)).toEqual(['https://dead.test/1']);
    silent[1]?.();
    expect(await outcome).toEqual(done);
  });

  it('of one person: the outcome does not wait for a host any longer than a call may take', async () => {
    channel = channelWith({ othersWaitMs: 20 });
    const hanging = channel.send(message(dead));
    await nextTurn();
    expect(await channel.send(message(dead, live))).toEqual(done);
    expect(pushed).toEqual(['https://dead.test/1', 'https://live.test/2']);
    silent[0]?.();
    await hanging;
  });

  it('of one person: when one was not written to in time and no other has it, it is tried again', async () => {
    channel = channelWith({ othersWaitMs: 20 });
    const hanging = channel.send(message(dead));
    await nextTurn();
    expect(await channel.send(message(closed, dead))).toEqual(noRoom);
    expect(pushed).toEqual(['https://dead.test/1', 'https://closed.test/3']);
    silent[0]?.();
    await hanging;
  });

  it('keep no room at one host while they wait for another', async () => {
    const hanging = channel.send(message(dead));
    await nextTurn();
    for (let page = 0; page < 100; page += 1) {
      const room = await nowOr(channel.room({ devices: [dead, live] }));
      expect(room).toHaveProperty('leave');
      if (typeof room === 'object') room.leave();
    }
    silent[0]?.();
    await hanging;
    expect(await nowOr(channel.room({ devices: [dead] }))).toHaveProperty('leave');
  });

  it('stay in line at the others when the message leaves for the first', async () => {
    const hanging = channel.send(message(dead));
    await nextTurn();
    const room = await channel.room({ devices: [dead, live] });
    const later = channel.room({ devices: [dead] });
    const sent = channel.send(message(dead, live), room);
    silent[0]?.();
    await hanging;
    expect(await nowOr(later)).toBe('waits');
    expect(pushed.slice(1)).toEqual(['https://live.test/2', 'https://dead.test/1']);
    silent[1]?.();
    expect(await sent).toEqual(done);
    expect(await later).toBeDefined();
  });

  it('are written to before those of whoever asks for no answer', async () => {
    const hanging = channel.send(message(dead));
    await nextTurn();
    const news = channel.room({ devices: [dead] });
    const page = channel.room({ devices: [dead], isUrgent: true });
    silent[0]?.();
    await hanging;
    expect(await nowOr(news)).toBe('waits');
    (await page)?.leave();
    (await news)?.leave();
  });

  it('of a silent host keep only so many messages waiting that have begun', async () => {
    channel = channelWith({ mostWaiting: 1 });
    const hanging = channel.send(message(dead));
    await nextTurn();
    const waits = channel.send(message(dead, live));
    expect(await nowOr(waits)).toBe('waits');
    expect(await nowOr(channel.send(message(dead, live)))).toEqual(done);
    for (const each of [0, 1]) {
      silent[each]?.();
      await nextTurn();
    }
    expect(await Promise.all([hanging, waits])).toEqual([done, done]);
    expect(pushed.filter((url) => url === 'https://dead.test/1')).toHaveLength(2);
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
    await nextTurn();
    const enough = new AbortController();
    const waiting = channel.room({ devices: [dead] }, enough.signal);
    enough.abort();
    expect(await waiting).toBeUndefined();
    silent[0]?.();
    await hanging;
  });

  it('that all took the place of others while the message waited are written to', async () => {
    const room = await channel.room({ devices: [dead] });
    expect(await channel.send(message(live), room)).toEqual(done);
    expect(pushed).toEqual(['https://live.test/2']);
    expect(await nowOr(channel.room({ devices: [dead] }))).toHaveProperty('leave');
  });

  it('that took the place of others and have no room are tried again', async () => {
    channel = channelWith({ othersWaitMs: 20 });
    const hanging = channel.send(message(dead));
    await nextTurn();
    const room = await channel.room({ devices: [live] });
    expect(await channel.send(message(dead), room)).toEqual(noRoom);
    silent[0]?.();
    await hanging;
  });

  it('keep no room when one of them has an address of which nobody can say the host', async () => {
    const broken = device(5, 'no URL');
    await expect(channel.room({ devices: [live, broken] })).rejects.toThrow(SyntaxError);
    expect(await nowOr(channel.send(message(live)))).toEqual(done);
  });
});

describe('a device whose address cannot be decrypted', () => {
  const sealed = device(4, 'sealed');
  const unreadable: SendOutcome = {
    ...{ type: 'failed', permanent: false, retryAfterMs: 60_000 },
    reason: 'the address of a device cannot be read (unknown-key)',
  };

  it('keeps nothing from the others', async () => {
    const room = await channel.room({ devices: [sealed, live] });
    expect(await channel.send(message(sealed, live), room)).toEqual(done);
    expect(pushed).toEqual(['https://live.test/2']);
  });

  it('is tried again when there is no other, in case its key comes back', async () => {
    const room = await channel.room({ devices: [sealed] });
    expect(room).toBeDefined();
    expect(await channel.send(message(sealed), room)).toEqual(unreadable);
  });

  it('is no failure of a provider, since nobody was asked', async () => {
    const several = channel.and(new DevicesChannel([{ ...service, type: 'NTFY', provider: 'ntfy' }], open));
    expect(await several.send(message(sealed))).toEqual({ ...unreadable, asked: [] });
  });
});
