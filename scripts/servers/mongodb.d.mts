import type { RunningServer } from './server-process.mjs';

export function startMongodb(options: {
  readonly directory: string;
  readonly port?: number;
}): Promise<RunningServer & { readonly url: string }>;
