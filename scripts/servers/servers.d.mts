import type { RunningServer } from './server-process.mjs';

export function startServers(options: {
  readonly directory: string;
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly lasting?: boolean;
}): Promise<{
  readonly started: readonly (RunningServer & { readonly name: string; readonly variable: string })[];
  readonly addresses: Readonly<Record<string, string>>;
  readonly what: string;
  stop(): Promise<void>;
}>;
