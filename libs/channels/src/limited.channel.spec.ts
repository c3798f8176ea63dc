import { Channel } from './channel';
import type { OutgoingMessage, SendOutcome } from './channel';
import { LimitedChannel } from './limited.channel';
import { ProviderBudget } from './provider-budget';

/** Answers when it is told to. */
class SlowChannel extends Channel {
  readonly provider = 'slow';
  readonly answers: ((outcome: SendOutcome) => void)[] = [];
  readonly takenBack: string[] = [];
  isClosed = false;

  constructor(readonly method: 'SMS' | 'VOICE') {
    super();
  }
  override senderTo = (target: string): string => `from ${target}`;
  override takeBack = async (reference: string): Promise<void> => void this.takenBack.push(reference);
  send(): Promise<SendOutcome> {
    return new Promise((resolve) => this.answers.push(resolve));
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const message: OutgoingMessage = { target: '+4915112345678', message: { subject: 's', text: 't' }, key: 'k' };
const done: SendOutcome = { type: 'handed-over', receiptExpected: false };

describe('a channel with a limit', () => {
  it('counts what all channels of the account have under way', async () => {
    const [texts, calls] = [new SlowChannel('SMS'), new SlowChannel('VOICE')];
    const budget = new ProviderBudget(1);
    const [limitedTexts, limitedCalls] = [new LimitedChannel(texts, budget), new LimitedChannel(calls, budget)];
    const text = limitedTexts.send(message, await limitedTexts.room(message));
    const call = limitedCalls.room(message);
    texts.answers[0]?.(done);
    expect(await text).toEqual(done);
    const waited = await call;
    const called = limitedCalls.send(message, waited);
    calls.answers[0]?.(done);
    expect(await called).toEqual(done);
    expect(budget.isIdle).toBe(true);
  });

  it('leaves the room when its provider fails in an unknown way', async () => {
    const budget = new ProviderBudget(1);
    const broken = new (class extends SlowChannel {
      override send(): Promise<SendOutcome> {
        return Promise.reject(new Error('a bug'));
      }
    })('SMS');
    await expect(new LimitedChannel(broken, budget).send(message)).rejects.toThrow('a bug');
    expect(budget.isIdle).toBe(true);
  });

  it('makes whoever did not wait before wait, too', async () => {
    const channel = new SlowChannel('SMS');
    const limited = new LimitedChannel(channel, new ProviderBudget(1, { longestWaitMs: 20 }));
    const first = limited.send(message);
    expect(await limited.send(message)).toEqual({ type: 'failed', permanent: false, reason: 'too many messages are under way' });
    expect(channel.answers).toHaveLength(1);
    channel.answers[0]?.(done);
    expect(await first).toEqual(done);
  });

  it.each([
    ['asks nobody of the account while it wants to be left alone', {}, undefined],
    ['goes on where that may be said of one chat', { ofOnePlace: true }, expect.anything()],
  ])('%s', async (_does, refusals, room) => {
    const channel = new SlowChannel('SMS');
    const limited = new LimitedChannel(channel, new ProviderBudget(1, { longestWaitMs: 20 }), refusals);
    const sent = limited.send(message, await limited.room(message));
    channel.answers[0]?.({ type: 'failed', permanent: false, reason: 'HTTP 429', retryAfterMs: 60_000 });
    await sent;
    expect(await limited.room(message)).toEqual(room);
  });

  it('is in all else the channel itself', async () => {
    const channel = new SlowChannel('SMS');
    const limited = new LimitedChannel(channel, new ProviderBudget(1));
    await limited.takeBack('r');
    await limited.close();
    expect([limited.method, limited.provider, limited.senderTo('x')]).toEqual(['SMS', 'slow', 'from x']);
    expect([channel.takenBack, channel.isClosed]).toEqual([['r'], true]);
  });
});
