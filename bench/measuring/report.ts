import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** A goal that is not met is said as loudly as one that is. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const loadAtStart = loadavg()[0] ?? 0;

const isMet = ({ value, atLeast = -Infinity, atMost = Infinity }: Goal): boolean => value >= atLeast && value <= atMost;

const sentence = (goal: Goal): string => {
  const { what, value, atLeast, atMost } = goal;
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  return `${isMet(goal) ? 'met   ' : 'MISSED'} ${what}: ${value} (goal ${bound})`;
};

/** Prints the goals and writes everything measured to `results/`, beside the bench, with the machine it was measured on. */
export const report = (bench: string, variant: string, goals: readonly Goal[], raw: object): void => {
  const [cpu] = cpus();
  const machine = {
    cpus: cpus().length,
    cpu: cpu?.model ?? 'unknown',
    memoryMb: Math.round(totalmem() / 1_048_576),
    node: process.version,
    loadAtStart,
    loadAtEnd: loadavg()[0] ?? 0,
  };
  console.log(
    `\n${bench} (${variant}), load ${machine.loadAtStart.toFixed(1)} to ${machine.loadAtEnd.toFixed(1)} on ${machine.cpus} cores`,
  );
  for (const goal of goals) console.log(sentence(goal));
  const directory = new URL('./results/', bench.startsWith('file:') ? bench : new URL(`../${bench}/bench.ts`, import.meta.url));
  mkdirSync(directory, { recursive: true });
  const file = new URL(`${variant}.json`, directory);
  writeFileSync(file, `${JSON.stringify({ measuredAt: new Date().toISOString(), machine, goals, ...raw }, null, 2)}\n`);
};
