import { performance } from 'node:perf_hooks';
import { Channel } from './channel';
import type { OutgoingMessage, SendOutcome } from './channel';

/** A situation of the provider, and what must come of a message in it. */
export interface ProviderSituation {
  readonly name: string;
  /** Brings it about before a message is sent. */
  readonly arrange: () => Promise<void> | void;
  readonly expected: SendOutcome['type'];
  readonly permanent?: boolean;
}

export interface OpenedChannel {
  readonly channel: Channel;
  /** Deadlines of the channel under test are short; no outcome takes longer than this. */
  readonly withinMs: number;
  /** Words that belong to the provider's account: passwords, tokens. */
  readonly secrets: readonly string[];
  readonly situations: readonly ProviderSituation[];
  close(): Promise<void>;
}

const message = (key: string): OutgoingMessage => ({
  target: 'ana.lima@example.org',
  message: { subject: 'disk full on the vault', text: 'text of the page', html: '<p>text of the page</p>' },
  key,
});
const privateWords = ['ana.lima', 'example.org', 'vault', 'text of the page'];

export function channelContract(name: string, situationNames: readonly string[], open: () => Promise<OpenedChannel>): void {
  describe(`the channel ${name}`, () => {
    let opened: OpenedChannel;
    let sent = 0;

    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const send = async (): Promise<{ readonly outcome: SendOutcome; readonly tookMs: number }> => {
      const begin = performance.now();
      const outcome = await opened.channel.send(message(`notification-${(sent += 1)}`));
      return { outcome, tookMs: performance.now() - begin };
    };

    it('names its method and its provider', () => {
      expect([opened.channel.method, opened.channel.provider].every((word) => /^[A-Za-z]+$/.test(word))).toBe(true);
    });

    it('takes a message, also after it took others at once', async () => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, send));
      expect(new Set(outcomes.map(({ outcome }) => outcome.type))).toEqual(new Set(['handed-over']));
      expect((await send()).outcome.type).toBe('handed-over');
    });

    it.each(situationNames)('ends in time, with an outcome that tells nothing private: %s', async (situationName) => {
      const situation = opened.situations.find((one) => one.name === situationName);
      if (situation === undefined) throw new Error(`no situation ${situationName}`);
      await situation.arrange();
      const { outcome, tookMs } = await send();
      expect(outcome.type).toBe(situation.expected);
      if (outcome.type === 'failed') expect(outcome.permanent).toBe(situation.permanent ?? false);
      expect(tookMs).toBeLessThan(opened.withinMs);
      const told = outcome.type === 'handed-over' ? '' : outcome.reason;
      for (const word of [...privateWords, ...opened.secrets]) expect(told).not.toContain(word);
    });
  });
}
