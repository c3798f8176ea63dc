import { serviceOf } from '@tocsin/contracts';
import type { ServiceName } from '@tocsin/contracts';
import type { Platform } from '@tocsin/platform';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { StandaloneParts } from '@tocsin/standalone';

/** What a story is told through: the product in either profile. */
export interface Product {
  /** Where a path is answered; with replicas another one each time. */
  urlFor(path: string): string;
  /** Where each process answers that is part of it. */
  readonly processes: readonly string[];
  /** Configuration is written through it, the log is read through it. */
  readonly platform: Platform;
  /** Of every process. Documents that are read by their writer alone, stored timers, are known to that one only. */
  readonly platforms: readonly Platform[];
  /** What tells an operator's command where everything is kept. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when everything that was set off has had its effect. */
  settle(): Promise<void>;
  stop(): Promise<void>;
  /** After it has stopped for good: removes what it kept on servers that others use as well. */
  discard(): Promise<void>;
}

/** Settings both profiles know, and where this world keeps what lasts. */
export interface ProductOptions {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly parts: StandaloneParts;
}

export const startOneProcess = async ({ directory, env, parts }: ProductOptions): Promise<Product> => {
  const settings = readSettings({ ...env, TOCSIN_DATA_DIR: directory, TOCSIN_PORT: '0' });
  const standalone = await startStandalone(settings, parts);
  return {
    urlFor: () => standalone.url,
    processes: [standalone.url],
    platform: standalone.platform,
    platforms: [standalone.platform],
    environment: { TOCSIN_DATA_DIR: directory },
    settle: () => standalone.settle(),
    stop: () => standalone.stop(),
    discard: async () => undefined,
  };
};

/** Takes the replicas of each service in turn. */
export const inTurns = (replicas: Readonly<Record<ServiceName, readonly { readonly url: string }[]>>): ((path: string) => string) => {
  let turn = 0;
  return (path) => {
    const candidates = replicas[serviceOf(path.replace(/[?#].*$/, ''))];
    const chosen = candidates[turn++ % candidates.length];
    if (chosen === undefined) throw new Error(`no service answers ${path}`);
    return chosen.url;
  };
};
