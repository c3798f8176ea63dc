import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, rejected } from '@tocsin/domain';
import type { Decider } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { CommandHandler } from './command-handler';
import type { CommandContext, CommandHandlerOptions } from './command-handler';
import { EmbeddedEventStore } from './embedded';
import { EventStoreFault } from './event-store';
import type { AppendResult, ExpectedRevision, NewEvent, StoredEvent } from './event-store';

type Counted = { readonly type: 'Counted'; readonly data: { readonly by: number } };
interface Count {
  readonly by: number;
  readonly upTo?: number;
}

/** Counts, and refuses to count nothing; `upTo` is the rule that a conflict must not get around. */
const counter: Decider<Count, number, Counted> = {
  initial: 0,
  decide: ({ by, upTo }, total) => (upTo !== undefined && total + by > upTo ? [] : [{ type: 'Counted', data: { by } }]),
  evolve: (total, event) => total + event.data.by,
};

/** The real store, with what may happen between a handler and it. */
class WatchedStore extends EmbeddedEventStore {
  readonly reads: string[] = [];
  readonly appends: (readonly NewEvent[])[] = [];
  /** Runs before each append reaches the log, and again after it was taken. */
  before: (stream: string) => Promise<void> = async () => undefined;
  after: () => void = () => undefined;

  override async readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]> {
    const events = await super.readStream(stream, options);
    this.reads.push(`${stream} from ${options?.from ?? 0}: ${events.length}`);
    return events;
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    this.appends.push(events);
    await this.before(stream);
    const result = await super.append(stream, expected, events);
    this.after();
    return result;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'tocsin-command-handler-'));
let log: EmbeddedLog;
let store: WatchedStore;
let streams = 0;
let stream: string;

beforeAll(async () => {
  log = await EmbeddedLog.open({ directory });
});
afterAll(async () => {
  await log.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  store = new WatchedStore(log);
  stream = `counter-${(streams += 1)}`;
});

const handlerOf = (more: Partial<CommandHandlerOptions<Count, number, Counted>> = {}) =>
  new CommandHandler<Count, number, Counted>({ store, decider: counter, ...more });
const as = (commandId: string): CommandContext => ({
  commandId,
  causationId: `cause of ${commandId}`,
  correlationId: 'story',
  actor: { type: 'system', part: 'spec' },
  time: instant(1_700_000_000_000),
});
const stored = async (): Promise<readonly number[]> => (await store.readStream(stream)).map(({ data }) => (data as Counted['data']).by);
const code = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string; reason?: string }) => error.code ?? error.reason,
  );

describe('a command', () => {
  it('appends what it decides, with who, why and when', async () => {
    const handled = await handlerOf({ schemaVersions: { Counted: 3 } }).handle(stream, { by: 2 }, { ...as('a'), remoteAddress: '::1' });
    expect(handled).toMatchObject({ state: 2, revision: 0, events: [{ type: 'Counted', data: { by: 2 } }] });
    const [event] = await store.readStream(stream);
    expect(event).toMatchObject({ id: handled.events[0]?.id, position: handled.position });
    expect(event?.metadata).toEqual({
      schemaVersion: 3,
      time: 1_700_000_000_000,
      actor: { type: 'system', part: 'spec' },
      correlationId: 'story',
      causationId: 'cause of a',
      remoteAddress: '::1',
    });
  });

  it('acts once per stream, however often it comes', async () => {
    const handler = handlerOf();
    await handler.handle(stream, { by: 2 }, as('a'));
    await handler.handle(stream, { by: 5 }, as('b'));
    expect(await handler.handle(stream, { by: 2 }, as('a'))).toMatchObject({ state: 7, revision: 1, events: [] });
    expect(await handlerOf().handle(stream, { by: 2 }, as('a'))).toMatchObject({ state: 7, revision: 1, events: [] });
    expect(await stored()).toEqual([2, 5]);
    const other = stream;
    stream = `${stream}-other`;
    await handler.handle(stream, { by: 2 }, as('a'));
    expect([stream === other, await stored()]).toEqual([false, [2]]);
  });

  it('that decides nothing appends nothing and says where the stream stands', async () => {
    const handler = handlerOf();
    expect(await handler.handle(stream, { by: 2, upTo: 1 }, as('a'))).toMatchObject({ state: 0, revision: -1, events: [] });
    await handler.handle(stream, { by: 2 }, as('b'));
    expect(await handler.handle(stream, { by: 2, upTo: 3 }, as('c'))).toMatchObject({ state: 2, revision: 0, events: [] });
    expect(store.appends).toHaveLength(1);
  });

  it('may be made from the state, at each try anew', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    await ours.handle(stream, { by: 1 }, as('a'));
    store.before = once(() => theirs.handle(stream, { by: 10 }, as('b')));
    expect(await ours.handle(stream, (total) => ({ by: total }), as('c'))).toMatchObject({ state: 22 });
    expect(await stored()).toEqual([1, 10, 11]);
  });
});

/** Lets something happen while an append is on its way; what is done meanwhile appends undisturbed. */
const once = (work: () => Promise<unknown>): (() => Promise<void>) => {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await work();
  };
};

describe('two handlers over one store', () => {
  it('reload after a conflict and decide again, so that no rule is broken', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    await ours.handle(stream, { by: 1 }, as('a'));
    store.before = once(() => theirs.handle(stream, { by: 8, upTo: 10 }, as('b')));
    expect(await ours.handle(stream, { by: 8, upTo: 10 }, as('c'))).toMatchObject({ state: 9, events: [] });
    expect(await stored()).toEqual([1, 8]);
  });

  it('create a stream once', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    store.before = once(() => theirs.handle(stream, { by: 3 }, as('b')));
    expect(await ours.handle(stream, { by: 4 }, as('a'))).toMatchObject({ state: 7, revision: 1 });
  });

  it('act once on a command that both got, also when it is the very append that collides', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    store.before = once(() => theirs.handle(stream, { by: 4 }, as('a')));
    expect(await ours.handle(stream, { by: 4 }, as('a'))).toMatchObject({ state: 4, revision: 0 });
    expect(await stored()).toEqual([4]);
  });

  it('never answer from what the other has changed', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    for (const round of [1, 2, 3]) {
      await ours.handle(stream, { by: 1 }, as(`ours ${round}`));
      await theirs.handle(stream, { by: 1 }, as(`theirs ${round}`));
      expect(await ours.load(stream)).toMatchObject({ state: 2 * round, revision: 2 * round - 1 });
    }
  });

  it('lose no count when both are busy', async () => {
    const handlers = [handlerOf(), handlerOf()];
    const commands = Array.from({ length: 40 }, (_, n) => async (): Promise<void> => {
      while ((await code(handlers[n % 2]!.handle(stream, { by: 1 }, as(`${n}`)))) === 'too-many-conflicts');
    });
    await Promise.all(commands.map((run) => run()));
    expect(await handlerOf().load(stream)).toMatchObject({ state: 40, revision: 39 });
  });
});

describe('a stream that is begun without looking', () => {
  const by = (n: number) => async () => ({ by: n });

  it('is not read, and its command is not asked for where it is known', async () => {
    const handler = handlerOf();
    await handler.create(stream, by(1), as('a'));
    expect(store.reads).toEqual([]);
    await handler.load(stream);
    const asked = jest.fn(by(2));
    await handler.create(stream, asked, as('b'));
    expect(asked).not.toHaveBeenCalled();
    expect(await stored()).toEqual([1]);
  });

  it('stays as it was begun when the command comes again with something else in it, also for who decides from memory', async () => {
    await handlerOf().create(stream, by(1), as('a'));
    const again = handlerOf();
    await again.create(stream, by(100), as('a'));
    expect(await stored()).toEqual([1]);
    expect(await again.handle(stream, (total) => ({ by: total }), as('b'))).toMatchObject({ state: 2, revision: 1 });
  });

  it('stays as it is when another command began it, whether or not it was known that it was not there', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    await ours.load(stream);
    await theirs.handle(stream, { by: 1 }, as('a'));
    await ours.create(stream, by(2), as('b'));
    expect(await ours.recall(stream)).toMatchObject({ state: 1, revision: 0 });
    expect(await stored()).toEqual([1]);
  });

  it('is begun once by two that begin it together', async () => {
    const handler = handlerOf();
    await Promise.all([handler.create(stream, by(1), as('a')), handler.create(stream, by(2), as('a'))]);
    expect(await stored()).toEqual([1]);
  });
});

describe('a stream that others change all the time', () => {
  const disturbed = (times: number): void => {
    let left = times;
    let inside = false;
    store.before = async () => {
      if (inside || left === 0) return;
      inside = true;
      left -= 1;
      await handlerOf().handle(stream, { by: 1 }, as(`other ${left}`));
      inside = false;
    };
  };

  it('takes the command at the fifth try', async () => {
    disturbed(4);
    expect(await handlerOf().handle(stream, { by: 100 }, as('a'))).toMatchObject({ state: 104 });
  });

  it('refuses it after five, having stored nothing of it', async () => {
    disturbed(5);
    expect(await code(handlerOf().handle(stream, { by: 100 }, as('a')))).toBe('too-many-conflicts');
    expect(await stored()).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('an append whose outcome is unknown', () => {
  const lostAnswers = (times: number, retriable = true): void => {
    let left = times;
    store.after = () => {
      if (left-- > 0) throw new EventStoreFault('timeout', retriable);
    };
  };

  it('is repeated with the same ids and stored exactly once', async () => {
    lostAnswers(2);
    expect(await handlerOf().handle(stream, { by: 2 }, as('a'))).toMatchObject({ state: 2, revision: 0 });
    expect(store.appends.map((events) => events.map(({ id }) => id))).toEqual(Array(3).fill([store.appends[0]?.[0]?.id]));
    expect(await stored()).toEqual([2]);
  });

  it('is told to the caller after three tries, and the caller may repeat the command', async () => {
    lostAnswers(3);
    const handler = handlerOf();
    expect(await code(handler.handle(stream, { by: 2 }, as('a')))).toBe('timeout');
    expect(await handler.handle(stream, { by: 2 }, as('a'))).toMatchObject({ state: 2, revision: 0, events: [] });
    expect(await stored()).toEqual([2]);
  });

  it('is not repeated when the store says that it is no use', async () => {
    lostAnswers(1, false);
    expect(await code(handlerOf().handle(stream, { by: 2 }, as('a')))).toBe('timeout');
    expect(store.appends).toHaveLength(1);
  });
});

describe('commands on one stream', () => {
  it('take turns inside a process, in the order they came', async () => {
    const handler = handlerOf();
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((by) => handler.handle(stream, { by }, as(`${by}`))));
    expect(await stored()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    // A conflict would have shown as a further append.
    expect(store.appends).toHaveLength(8);
  });

  it('go on after one that was refused', async () => {
    const handler = handlerOf();
    const refused = handler.handle(
      stream,
      () => {
        throw new Error('no');
      },
      as('a'),
    );
    const next = handler.handle(stream, { by: 1 }, as('b'));
    await expect(refused).rejects.toThrow('no');
    expect(await next).toMatchObject({ state: 1 });
  });

  it('do not make other streams wait', async () => {
    const handler = handlerOf();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    store.before = (of) => (of === stream ? held : Promise.resolve());
    const waiting = handler.handle(stream, { by: 1 }, as('a'));
    expect(await handler.handle(`${stream}-other`, { by: 1 }, as('a'))).toMatchObject({ state: 1 });
    release();
    expect(await waiting).toMatchObject({ state: 1 });
  });
});

describe('the folded state that is kept', () => {
  it('is brought up to date by what is new, not folded again from the start', async () => {
    const handler = handlerOf();
    for (const n of [1, 2, 3, 4]) await handler.handle(stream, { by: n }, as(`${n}`));
    store.reads.length = 0;
    await handler.load(stream);
    expect(store.reads).toEqual([`${stream} from 3: 1`]);
  });

  it('can be recalled without reading, and is read where there is none', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    for (const n of [1, 2]) await ours.handle(stream, { by: n }, as(`${n}`));
    store.reads.length = 0;
    expect(await ours.recall(stream)).toMatchObject({ state: 3, revision: 1 });
    expect(store.reads).toEqual([]);
    expect(await theirs.recall(stream)).toMatchObject({ state: 3, revision: 1 });
    expect(store.reads).toEqual([`${stream} from 0: 2`]);
  });

  it('is let go of when many other streams came after it', async () => {
    const handler = handlerOf({ cachedStreams: 2 });
    for (const name of ['a', 'b']) for (const n of [1, 2]) await handler.handle(`${stream}-${name}`, { by: 1 }, as(`${n}`));
    await handler.load(`${stream}-a`);
    await handler.handle(`${stream}-c`, { by: 1 }, as('1'));
    store.reads.length = 0;
    for (const name of ['a', 'c', 'b']) await handler.load(`${stream}-${name}`);
    expect(store.reads).toEqual([`${stream}-a from 1: 1`, `${stream}-c from 0: 1`, `${stream}-b from 0: 2`]);
  });

  it('is let go of when what came after it is large', async () => {
    const handler = handlerOf({ cachedBytes: 1 });
    for (const name of ['a', 'b']) for (const n of [1, 2]) await handler.handle(`${stream}-${name}`, { by: 1 }, as(`${n}`));
    store.reads.length = 0;
    for (const name of ['b', 'a']) await handler.load(`${stream}-${name}`);
    expect(store.reads).toEqual([`${stream}-b from 1: 1`, `${stream}-a from 0: 2`]);
  });

  it('is gone with the stream', async () => {
    const handler = handlerOf();
    for (const n of [1, 2]) await handler.handle(stream, { by: n }, as(`${n}`));
    await store.deleteStream(stream);
    expect(await handler.load(stream)).toMatchObject({ state: 0, revision: -1 });
    expect(await handler.handle(stream, { by: 7 }, as('1'))).toMatchObject({ state: 7, revision: 0, events: [{ data: { by: 7 } }] });
  });

  it('is not rested on while a deletion is under way, nor after it', async () => {
    const handler = handlerOf();
    await handler.handle(stream, { by: 1 }, as('1'));
    const deleted = store.deleteStream(stream);
    await handler.load(stream);
    await deleted;
    await handlerOf().handle(stream, { by: 10 }, as('later'));
    expect(await handler.handle(stream, (total) => ({ by: total }), as('last'))).toMatchObject({ state: 20, revision: 1 });
  });

  it('is read once more after another stream was deleted, and then rested on again', async () => {
    const handler = handlerOf();
    await handler.handle(stream, { by: 1 }, as('1'));
    await handlerOf().handle(`${stream}-other`, { by: 1 }, as('1'));
    await store.deleteStream(`${stream}-other`);
    store.reads.length = 0;
    for (const n of [2, 3]) await handler.handle(stream, { by: n }, as(`${n}`));
    expect(store.reads).toEqual([`${stream} from 0: 1`]);
  });

  it('is begun again without looking when it was deleted', async () => {
    const handler = handlerOf();
    await handler.handle(stream, { by: 1 }, as('1'));
    await store.deleteStream(stream);
    await handler.create(stream, async () => ({ by: 7 }), as('2'));
    expect(await stored()).toEqual([7]);
  });

  it('is not mistaken for a stream that began again at the same length', async () => {
    const handler = handlerOf();
    for (const n of [1, 2]) await handler.handle(stream, { by: n }, as(`${n}`));
    await store.deleteStream(stream);
    for (const n of [30, 40]) await handlerOf().handle(stream, { by: n }, as(`later ${n}`));
    expect(await handler.handle(stream, { by: 50 }, as('last'))).toMatchObject({ state: 120, revision: 2 });
  });
});

describe('a store of which nothing was deleted', () => {
  it('is not read before what is decided from memory is appended', async () => {
    const handler = handlerOf();
    await handler.load(stream);
    store.reads.length = 0;
    for (const n of [1, 2, 3]) await handler.handle(stream, { by: n }, as(`${n}`));
    expect(store.reads).toEqual([]);
    expect(await stored()).toEqual([1, 2, 3]);
  });

  it('is read when another has appended meanwhile, and the command is decided again', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    await ours.handle(stream, { by: 1 }, as('a'));
    await theirs.handle(stream, { by: 10 }, as('b'));
    expect(await ours.handle(stream, (total) => ({ by: total }), as('c'))).toMatchObject({ state: 22, revision: 2 });
    expect(await stored()).toEqual([1, 10, 11]);
  });

  it('is read when another has begun the stream that was not there', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    await ours.load(stream);
    await theirs.handle(stream, { by: 10 }, as('b'));
    expect(await ours.handle(stream, { by: 1 }, as('a'))).toMatchObject({ state: 11, revision: 1 });
  });

  it('is read before it is said that nothing is to be done, or that it is refused', async () => {
    const forgiving: Decider<Count, number, Counted> = {
      ...counter,
      decide: (count, total) => {
        if (total < 0) throw rejected('too-many-conflicts', 'less than nothing');
        return counter.decide(count, total);
      },
    };
    const [ours, theirs] = [handlerOf({ decider: forgiving }), handlerOf()];
    await ours.handle(stream, { by: 2 }, as('a'));
    await theirs.handle(stream, { by: -2 }, as('b'));
    expect(await ours.handle(stream, { by: 2, upTo: 2 }, as('c'))).toMatchObject({ state: 2, revision: 2 });
    await ours.handle(stream, { by: -5 }, as('d'));
    await theirs.handle(stream, { by: 5 }, as('e'));
    expect(await ours.handle(stream, { by: 1 }, as('f'))).toMatchObject({ state: 3, revision: 5 });
  });

  it('acts once on a command that both got, and knows what came between', async () => {
    const [ours, theirs] = [handlerOf(), handlerOf()];
    await ours.handle(stream, { by: 1 }, as('a'));
    await theirs.handle(stream, { by: 4 }, as('b'));
    expect(await ours.handle(stream, { by: 4 }, as('b'))).toMatchObject({ state: 5, revision: 1 });
    await theirs.handle(stream, { by: 10 }, as('c'));
    await theirs.handle(stream, { by: 100 }, as('d'));
    expect(await ours.handle(stream, { by: 100 }, as('d'))).toMatchObject({ state: 115, revision: 3 });
    expect(await ours.handle(stream, { by: 1_000 }, as('e'))).toMatchObject({ state: 1_115, revision: 4 });
    expect(await stored()).toEqual([1, 4, 10, 100, 1_000]);
  });
});
