import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from '../kills/src/chance.ts';
import type { EventType, Ledger } from '../kills/src/ledger.ts';

const TOOLS = 16;
/** As long as a tool waits for an answer; a paused replica gives none. */
const ANSWER_WITHIN_MS = 8_000;
const AGAIN_AFTER_MS = 300;
/** Of the keys a tool knows it speaks of the latest ones, so that none is repeated a hundred times. */
const KEYS_IN_USE = 8;
/** One of so many keys is of the source whose policy has a second level. */
const CLIMBING_ONE_IN = 4;

/** `waiting`: everybody at once, and then nobody for a day. `climbing`: one person, and after a minute another. */
export type AlertKind = 'waiting' | 'climbing';
export type IntegrationKeys = Readonly<Record<AlertKind, string>>;

export const kindOf = (alertKey: string): AlertKind => (alertKey.startsWith('climbing-') ? 'climbing' : 'waiting');

/**
 * Monitoring tools that post at a steady rate, whatever happens. Each has its own keys and says one thing after the other:
 * what was not answered it says again until it is.
 */
export class Tools {
  /** Ids of the events that were answered 202. */
  readonly taken = new Set<string>();
  /** Posts that were not answered 202, by what came instead. */
  readonly refusals = new Map<string, number>();
  private created = 0;
  private readonly url: string;
  private readonly integrationKeys: IntegrationKeys;
  private readonly ledger: Ledger;
  private readonly chance: Chance;

  constructor(url: string, integrationKeys: IntegrationKeys, ledger: Ledger, chance: Chance) {
    this.url = url;
    this.integrationKeys = integrationKeys;
    this.ledger = ledger;
    this.chance = chance;
  }

  /** Posts until it is told to stop, and resolves when everything that was said has been taken. */
  async work(perSecond: number, signal: AbortSignal): Promise<void> {
    const tool = async (): Promise<void> => {
      const own: string[] = [];
      const isOpen = new Set<string>();
      while (!signal.aborted) {
        const startedAt = performance.now();
        const key = own.length >= KEYS_IN_USE / 2 && !this.chance.oneIn(6) ? this.oneOf(own.slice(-KEYS_IN_USE)) : this.anyKey();
        if (!own.includes(key)) own.push(key);
        const type = isOpen.has(key) && this.chance.oneIn(4) ? 'RESOLVE' : 'ALERT';
        if (type === 'ALERT') isOpen.add(key);
        else isOpen.delete(key);
        const twice = type === 'ALERT' && this.chance.oneIn(8);
        const answers = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => this.sayUntilTaken(key, type)));
        // What was not answered may still be under way and arrive after anything said later of this key: it is not spoken of again.
        if (answers.includes('in doubt')) own.splice(own.indexOf(key), 1);
        await delay(Math.max(0, (TOOLS * 1_000) / perSecond - (performance.now() - startedAt)));
      }
    };
    await Promise.all(Array.from({ length: TOOLS }, tool));
  }

  /** One new alert each, of the kind that pages everybody at once; how many of them were taken before the time was over. */
  async raise(count: number, withinMs: number): Promise<number> {
    const giveUpAt = performance.now() + withinMs;
    const raised = async (): Promise<boolean> => {
      for (const key = this.newKey('waiting'); performance.now() < giveUpAt; await delay(AGAIN_AFTER_MS))
        if (await this.say(key, 'ALERT')) return true;
      return false;
    };
    const answers = await Promise.all(Array.from({ length: count }, raised));
    return answers.filter((isTaken) => isTaken).length;
  }

  private async sayUntilTaken(key: string, type: EventType): Promise<'clear' | 'in doubt'> {
    if (await this.say(key, type)) return 'clear';
    do await delay(AGAIN_AFTER_MS);
    while (!(await this.say(key, type)));
    return 'in doubt';
  }

  private async say(key: string, eventType: EventType): Promise<boolean> {
    const body = JSON.stringify({ integrationKey: this.integrationKeys[kindOf(key)], eventType, summary: `${key} is down`, alertKey: key });
    const outcome = await this.post(body);
    const answered = outcome === 'taken';
    this.ledger.record(key, { type: eventType, answered });
    if (!answered) this.refusals.set(outcome, (this.refusals.get(outcome) ?? 0) + 1);
    return answered;
  }

  private async post(body: string): Promise<string> {
    try {
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const response = await fetch(`${this.url}/api/events`, { method: 'POST', headers, body, signal });
      await response.arrayBuffer();
      if (response.status !== 202) return String(response.status);
      this.taken.add(response.headers.get('correlation-id') ?? '');
      return 'taken';
    } catch (error) {
      return error instanceof Error ? error.name : 'no answer';
    }
  }

  private anyKey(): string {
    return this.newKey(this.chance.oneIn(CLIMBING_ONE_IN) ? 'climbing' : 'waiting');
  }

  private newKey(kind: AlertKind): string {
    return `${kind}-${++this.created}`;
  }

  private oneOf(keys: readonly string[]): string {
    return keys[this.chance.below(keys.length)] ?? this.anyKey();
  }
}
