import type { User } from '@tocsin/domain';
import type { Installation } from './installation';
import type { End } from './life';
import type { Story } from './story';
import { tell } from './telling';
import type { Told } from './telling';

const TRIES = 3;
/** Calls that take several small things when these come together, or spare them: there may be one less than there was. */
const GATHERING = /^(?:apply|commit|publish alert-facts|append idblock)/;
/** What a message says that may be the second of its kind. */
const MARK = /maybe a repetition|may have received this page before/;

export type Pair = readonly [first: End, second: End];

/** One story with one person, told again and again, each time with a crash at another place. */
export class Exploring {
  /** Tellings with a crash in them. */
  crashes = 0;
  /** Pairs of them whose second one never came: what goes on side by side may be done before the first one, or after it. */
  missed = 0;
  /** What is wrong, one line each. */
  readonly findings: string[] = [];
  /** What the next process called, by where the first one ended. */
  private readonly recoveries = new Map<End, readonly string[]>();

  private constructor(
    private readonly installation: Installation,
    private readonly story: Story,
    private readonly person: User,
    private readonly usual: Told,
  ) {}

  static async begin(installation: Installation, story: Story): Promise<Exploring> {
    const person = await story.person(installation);
    // Once before it counts: what is made on first use is there from now on.
    await tell(installation, story, person, []);
    return new Exploring(installation, story, person, await tell(installation, story, person, []));
  }

  /** Calls of the story when nothing goes wrong, in their order. */
  get calls(): readonly string[] {
    return this.usual.calls[0] ?? [];
  }

  /** With one crash, before and after every call. */
  async once(isOne: (end: End) => boolean = () => true): Promise<this> {
    for (const end of endsOf(this.calls).filter(isOne)) {
      const told = await this.crash([end]);
      if (told !== undefined) this.recoveries.set(end, told.calls[1] ?? []);
    }
    return this;
  }

  /** With a second crash, in some of all pairs of places: the first of each is one of those that were told once. */
  async twiceIn(choose: (pairs: readonly Pair[]) => readonly Pair[], isSecond: (end: End) => boolean): Promise<this> {
    const pairs = [...this.recoveries].flatMap(([first, calls]) =>
      endsOf(calls)
        .filter(isSecond)
        .map((second): Pair => [first, second]),
    );
    for (const pair of choose(pairs)) await this.crash(pair);
    return this;
  }

  /** With a second crash before and after every call of the process that comes after the first one. */
  async twice(isFirst: (end: End) => boolean, isSecond: (end: End) => boolean): Promise<this> {
    for (const first of endsOf(this.calls).filter(isFirst)) {
      const { calls = [] } = (await this.crash([first])) ?? {};
      for (const second of endsOf(calls[1] ?? []).filter(isSecond)) await this.crash([first, second]);
    }
    return this;
  }

  /** Undefined where it did not come to all of them. */
  private async crash(ends: readonly End[]): Promise<Told | undefined> {
    const place = ends.map(({ when, call, nth }) => `${when} ${call} (${nth})`).join(' and ');
    const find = (what: string): void => void this.findings.push(`${place}: ${what}`);
    this.crashes += 1;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const told = await tell(this.installation, this.story, this.person, ends).catch((error: unknown) => find(String(error)));
      if (told === undefined) return undefined;
      if (told.calls.length <= ends.length) continue;
      complaints(told, this.usual).forEach(find);
      return told;
    }
    if (ends.some(({ call }) => GATHERING.test(call))) return undefined;
    if (ends.length === 1) find('never came');
    else this.missed += 1;
    return undefined;
  }
}

/** Before and after every call, numbered by name. */
const endsOf = (calls: readonly string[]): readonly End[] => {
  const seen = new Map<string, number>();
  return calls.flatMap((call) => {
    const nth = (seen.get(call) ?? 0) + 1;
    seen.set(call, nth);
    return [
      { call, nth, when: 'before' as const },
      { call, nth, when: 'after' as const },
    ];
  });
};

/** What a story with crashes may not be otherwise than without. */
const complaints = (told: Told, usual: Told): readonly string[] => {
  const found: string[] = [];
  // Of one with several pages the interrupted attempts are as many, and the message is one.
  const called = new Set(told.interrupted.flatMap((each) => each.called ?? [])).size;
  const providers = [...new Set([...told.received, ...usual.received].map(({ provider }) => provider))];
  const count = ({ received }: Told, of: string): number => received.filter(({ provider }) => provider === of).length;
  let more = 0;
  for (const provider of providers) {
    const difference = count(told, provider) - count(usual, provider);
    if (difference < 0) found.push(`${-difference} of ${provider} is lost`);
    // One push goes to several devices.
    if (difference > called * Math.max(1, count(usual, provider)))
      found.push(`${difference} of ${provider} are sent twice, and ${called} may have been sent when it ended`);
    more += Math.max(0, difference);
  }
  const marked = told.received.filter(({ text }) => MARK.test(text)).length;
  // A call that nobody picks up says nothing.
  const unheard = told.received.filter(({ text }) => text === '').length;
  if (marked + unheard < more) found.push(`${more} are sent twice, and ${marked} say that they may be`);
  if (told.interrupted.length === 0 && (marked > 0 || told.marked.length > 0)) found.push('what was surely sent once is marked');
  for (const { stream, hasReceipt } of told.interrupted)
    if (!hasReceipt && !told.marked.includes(stream)) found.push(`${stream} had an attempt without an outcome, and is not marked`);
  for (const [stream, end] of usual.ends)
    if (told.ends.get(stream) !== end) found.push(`${stream} ended ${told.ends.get(stream)} and not ${end}`);
  if (told.ends.size !== usual.ends.size) found.push(`${told.ends.size} notifications are planned and not ${usual.ends.size}`);
  if (told.alert.join() !== usual.alert.join()) found.push(`the alert has ${told.alert.join()} and not ${usual.alert.join()}`);
  return found;
};
