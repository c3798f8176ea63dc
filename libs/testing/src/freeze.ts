import { readFileSync } from 'node:fs';

/**
 * SIGSTOP: a process keeps its connections and answers nothing, until `SIGCONT`. On a busy machine its threads run on for a while
 * after the signal; this returns when they do no more. Linux only.
 *
 * @throws when there is no such process, or it has ended
 */
export const freeze = (pid: number): void => {
  process.kill(pid, 'SIGSTOP');
  for (let state = ''; state !== 'T'; state = stateOf(pid)) if (state === 'Z') throw new Error(`process ${pid} has ended`);
};

/** A letter, as Linux has it. */
const stateOf = (pid: number): string => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
