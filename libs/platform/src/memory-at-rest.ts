import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Logger } from './logging';

export interface MemoryUse {
  /** Of the whole process, since it started. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

const EVERY_MS = 5_000;
/** Of the processor, in one interval: what is less than this is rest. */
const RESTING_CPU_MS = 100;
const WORTH_IT_BYTES = 50_331_648;

/**
 * Decides when to give back memory: once after each load, when the process has rested for two intervals and holds clearly
 * more than after the last time.
 */
export class Rest {
  private last: MemoryUse | undefined;
  private restedFor = 0;

  constructor(private resting: MemoryUse) {}

  /** To be asked every interval. */
  isTime(now: MemoryUse): boolean {
    const cpuMs = now.cpuMs - (this.last ?? this.resting).cpuMs;
    this.last = now;
    this.restedFor = cpuMs <= RESTING_CPU_MS ? this.restedFor + 1 : 0;
    return this.restedFor >= 2 && now.residentBytes > this.resting.residentBytes + WORTH_IT_BYTES;
  }

  given(now: MemoryUse): void {
    this.resting = now;
    this.last = now;
    this.restedFor = 0;
  }
}

const memoryUse = (): MemoryUse => {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, residentBytes: process.memoryUsage.rss() };
};

/**
 * V8 collects when it needs room and keeps the room; an idle process never needs any, so that a storm's memory would stay
 * for ever. The collection that gives it back stops the process for some tenths of a second: hence only at rest.
 */
export const giveBackMemoryAtRest = (forget: () => void, log: Logger): void => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;
  const rest = new Rest(memoryUse());
  setInterval(() => {
    const before = memoryUse();
    if (!rest.isTime(before)) return;
    const startedAt = performance.now();
    forget();
    collect({ type: 'major', flavor: 'last-resort' });
    const after = memoryUse();
    rest.given(after);
    const bytes = before.residentBytes - after.residentBytes;
    log.info({ bytes, durationMs: Math.round(performance.now() - startedAt) }, 'memory given back');
  }, EVERY_MS).unref();
};
