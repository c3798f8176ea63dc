import type { RunningServer } from './server-process.mjs';

export function startMongodb(options: {
  readonly directory: string;
  readonly port?: number;
  readonly secure?: { readonly username: string; readonly password: string };
}): Promise<RunningServer & { readonly url: string }>;
