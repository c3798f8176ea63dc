import type { RunningServer } from './server-process.mjs';

export function startKafka(options: {
  readonly directory: string;
  readonly port?: number;
  readonly advertisedPort?: number;
}): Promise<RunningServer & { readonly brokers: string }>;
