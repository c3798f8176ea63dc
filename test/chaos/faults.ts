import { setTimeout as delay } from 'node:timers/promises';
import type { MailServer } from '@tocsin/testing';
import type { Chance } from '../kills/src/chance.ts';
import type { Cluster } from './cluster.ts';
import type { Server } from './server.ts';
import type { Servers } from './servers.ts';

export const kinds = ['replicas', 'servers', 'network', 'mail'] as const;
export type Kind = (typeof kinds)[number];

interface Fault {
  readonly kind: Kind;
  /** What it happens to: one fault at a time each. */
  readonly target: string;
  readonly what: string;
  /** Resolves when it is over. */
  readonly happen: () => Promise<unknown>;
}

interface World {
  readonly cluster: Cluster;
  readonly servers: Servers;
  readonly mail: MailServer;
  readonly chance: Chance;
  readonly say: (line: string) => void;
}

/** Longer than a lease lasts, so that another replica has taken over when it goes on. */
const LONGEST_PAUSE_MS = 15_000;

/** Faults one after the other and beside each other until the time is over. Resolves when the last one is. Answers how many of which. */
export const happenUntil = async (world: World, wanted: readonly Kind[], endMs: number): Promise<ReadonlyMap<string, number>> => {
  const { chance, say } = world;
  const counts = new Map<string, number>();
  const current = new Map<string, Promise<unknown>>();
  const startedAt = performance.now();
  while (performance.now() - startedAt < endMs) {
    await delay(300 + chance.below(2_200));
    // Chosen before it is known whether it may happen, so that a seed's choices do not depend on the machine.
    const kind = wanted[chance.below(wanted.length)];
    if (kind === undefined) continue;
    const fault = choose[kind](world);
    if (fault === undefined || current.has(fault.target)) continue;
    say(`${Math.round((performance.now() - startedAt) / 1_000)} s: ${fault.target}: ${fault.what}`);
    const name = `${fault.kind}: ${fault.what.replace(/ \d+.*/, '')}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    current.set(
      fault.target,
      fault.happen().finally(() => current.delete(fault.target)),
    );
  }
  await Promise.all(current.values());
  return counts;
};

const choose: Readonly<Record<Kind, (world: World) => Fault | undefined>> = {
  replicas: ({ cluster, chance }) => {
    const replicas = cluster.replicas();
    const [place, how, ms] = [chance.next(), chance.below(3), 500 + chance.below(LONGEST_PAUSE_MS)];
    const replica = replicas[Math.floor(place * replicas.length)];
    if (replica === undefined) return undefined;
    const common = { kind: 'replicas', target: replica.name } as const;
    if (how === 0) return { ...common, what: 'kill -9', happen: async () => cluster.signal(replica, 'SIGKILL') };
    if (how === 1) return { ...common, what: 'told to stop', happen: async () => cluster.signal(replica, 'SIGTERM') };
    return {
      ...common,
      what: `paused for ${ms} ms`,
      happen: async () => {
        cluster.signal(replica, 'SIGSTOP');
        await delay(ms);
        cluster.signal(replica, 'SIGCONT');
      },
    };
  },
  servers: ({ servers, chance }) => {
    const [server, isKilled, ms] = [serverOf(servers, chance), chance.oneIn(2), chance.below(5_000)];
    const common = { kind: 'servers', target: server.name } as const;
    if (isKilled)
      return {
        ...common,
        what: `killed -9 for ${ms} ms`,
        happen: async () => {
          await server.kill();
          await delay(ms);
          await server.restart();
        },
      };
    return {
      ...common,
      what: `frozen for ${ms} ms`,
      happen: async () => {
        server.freeze();
        await delay(ms);
        server.thaw();
      },
    };
  },
  network: ({ servers, chance }) => {
    const [{ name, network }, how, ms, delayMs] = [serverOf(servers, chance), chance.below(3), chance.below(4_000), 20 + chance.below(400)];
    const [what, begin] = [
      [`cut for ${ms} ms`, () => network.cut()],
      [`answers swallowed for ${ms} ms`, () => network.swallow()],
      [`answers delayed by ${delayMs} ms`, () => network.delay(delayMs)],
    ][how] as [string, () => void];
    return {
      kind: 'network',
      target: `network of ${name}`,
      what,
      happen: async () => {
        begin();
        await delay(ms);
        network.restore();
        network.delay(0);
      },
    };
  },
  mail: ({ mail, chance }) => {
    const [isRefused, times] = [chance.oneIn(2), 1 + chance.below(5)];
    const common = { kind: 'mail', target: 'mail server' } as const;
    return isRefused
      ? { ...common, what: `refuses ${times} messages`, happen: async () => mail.refuse({ code: 451, times }) }
      : { ...common, what: `takes and drops ${times} connections`, happen: async () => mail.make('drop-after', times) };
  },
};

const serverOf = ({ kafka, mongodb, eventStore }: Servers, chance: Chance): Server => {
  const all = [kafka, mongodb, eventStore] as const;
  return all[chance.below(all.length)] ?? kafka;
};
