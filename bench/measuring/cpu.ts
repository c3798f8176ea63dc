import { readFileSync } from 'node:fs';
import { rounded } from './statistics.ts';

/** Of `/proc`, on every Linux. */
const CLOCK_TICK_MS = 10;

type Processes = Readonly<Record<string, number>>;

/** What processes took of the cores since it was made. How busy the machine is otherwise hardly changes it, as it does every delay. */
export class CpuMeter {
  private readonly processes: Processes;
  private readonly before: Processes;
  private readonly startedAt = performance.now();

  /** Process ids by name. */
  constructor(processes: Processes) {
    this.processes = processes;
    this.before = used(processes);
  }

  /** Milliseconds for each of so many, by process. */
  each(count: number): Readonly<Record<string, number>> {
    const after = used(this.processes);
    const of = (name: string): number => ((after[name] ?? NaN) - (this.before[name] ?? NaN)) / count;
    const names = Object.keys(this.processes);
    return Object.fromEntries([...names.map((name) => [name, rounded(of(name), 2)]), ['all', rounded(sum(names.map(of)), 1)]]);
  }

  perSecond(): Readonly<Record<string, number>> {
    return this.each((performance.now() - this.startedAt) / 1_000);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const used = (processes: Processes): Processes => Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuMs(pid)]));

const cpuMs = (pid: number): number => {
  // Fields after the program's name, which may contain anything: user time is the 12th of them, system time the 13th.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
};
