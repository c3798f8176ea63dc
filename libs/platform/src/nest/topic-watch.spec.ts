import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { MessageBusFault } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger } from '../logging';
import { Metrics } from '../metrics';
import { measureTopics, TopicWatch } from './topic-watch';

type Look = readonly string[] | Error;

/** A bus that answers one look after the other; the last answer is said again. */
class LosingBus extends EmbeddedMessageBus {
  private readonly seen: (() => void)[] = [];
  private looks = 0;
  answers: readonly Look[] = [[]];

  override async lostTopics(): Promise<readonly string[]> {
    const answer = this.answers[Math.min(this.looks++, this.answers.length - 1)] ?? [];
    if (this.looks > this.answers.length) for (const told of this.seen.splice(0)) told();
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** Resolves at the look after the last answer, so when all of them were understood. */
  allAnswered(): Promise<void> {
    return new Promise((resolve) => this.seen.push(resolve));
  }
}

let directory: string;
let log: EmbeddedLog;
let bus: LosingBus;
let lines: { readonly level: string; readonly msg: string; readonly topics?: readonly string[] }[];
let watch: TopicWatch;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  log = await EmbeddedLog.open({ directory, onFailure: (error) => void Promise.reject(error) });
  bus = new LosingBus(log);
  lines = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  watch = new TopicWatch(bus, createLogger({ level: 'warn', write }), 1);
});
afterEach(async () => {
  await watch.stop();
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

const watched = async (...answers: readonly Look[]): Promise<void> => {
  bus.answers = answers;
  const answered = bus.allAnswered();
  watch.start();
  await answered;
};

const measured = async (): Promise<readonly string[]> => {
  const metrics = new Metrics();
  measureTopics(metrics, watch);
  return (await metrics.text()).split('\n').filter((line) => line.startsWith('tocsin_lost_topics'));
};

describe('a topic', () => {
  it('that is there is nothing to wait for', async () => {
    await watched([], []);
    expect(watch.waitsFor()).toBeUndefined();
    expect(await measured()).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('that is missing at two looks in a row is lost: readiness says so, a metric, and one error in the log', async () => {
    await watched(['resolutions'], ['resolutions'], ['resolutions'], ['resolutions']);
    expect(watch.waitsFor()).toBe('resolutions: deleted on the brokers, with what was not handled; docs/operations.md says how to go on');
    expect(await measured()).toEqual(['tocsin_lost_topics{topic="resolutions"} 1']);
    expect(lines).toMatchObject([{ level: 'error', topics: ['resolutions'], msg: 'topics were deleted on the brokers' }]);
  });

  it('that a broker does not know for a moment is not', async () => {
    await watched(['resolutions'], [], ['resolutions'], []);
    expect(watch.waitsFor()).toBeUndefined();
  });

  it('that was lost stays so, whatever is found afterwards', async () => {
    await watched(['a'], ['a'], [], ['b'], ['b'], []);
    expect(watch.topics()).toEqual(['a', 'b']);
  });

  it('is watched on when the bus was away, which is told of elsewhere', async () => {
    await watched(new MessageBusFault('unavailable', true), ['a'], new MessageBusFault('timeout', true), ['a'], []);
    expect(watch.topics()).toEqual(['a']);
    expect(lines).toHaveLength(1);
  });

  it('that may not be asked for is told of once', async () => {
    await watched(new Error('no id of topic a: error 29'), new Error('no id of topic a: error 29'), []);
    expect(lines).toMatchObject([{ level: 'error', msg: 'topics are not watched' }]);
  });
});
