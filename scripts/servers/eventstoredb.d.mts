import type { RunningServer } from './server-process.mjs';

export function launchEventStoreDb(options: {
  readonly directory: string;
  readonly port?: number;
}): Promise<RunningServer & { readonly url: string }>;
