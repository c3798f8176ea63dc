import { createLogger } from './logging';
import type { Logger, LoggerOptions } from './logging';
import { giveBackMemoryAtRest } from './memory-at-rest';
import { SettingsInvalid } from './settings';
import { stopOnSignals } from './shutdown';
import { loadTracing } from './tracing/load-tracing';
import type { TracingSettings } from './tracing/load-tracing';
import type { Tracing } from './tracing/tracing';

export interface Started {
  readonly url: string;
  /** Lets go of what is in memory only to be quick. */
  forgetRecent?(): void;
}

type ProgramSettings = TracingSettings & { readonly logLevel: LoggerOptions['level'] };

export interface Program<S extends ProgramSettings> {
  /** As in `tocsin <name> ready <url>`; the standalone has none. */
  readonly name?: string;
  /** @throws SettingsInvalid */
  readSettings(): S;
  /** `started` resolves when it serves. `stop` may be called before that, and leaves nothing open. */
  start(settings: S, log: Logger, tracing?: Tracing): { readonly started: Promise<Started>; stop(): Promise<void> };
  /** What a start may fail with that a person can mend, in one line; undefined for a bug. */
  refusal?(error: unknown): string | undefined;
}

/** Runs one process of Tocsin from its settings to its last signal: says when it is ready, and in one line why it cannot start. */
export const runProgram = async <S extends ProgramSettings>(program: Program<S>): Promise<void> => {
  let stopping = false;
  try {
    const settings = program.readSettings();
    const { name } = program;
    const tracing = await loadTracing(settings, name === undefined ? 'tocsin' : `tocsin-${name}`);
    const log = createLogger({
      level: settings.logLevel,
      ...(name === undefined ? {} : { service: name }),
      ...(tracing === undefined ? {} : { traceId: () => tracing.traceId() }),
    });
    const { started, stop } = program.start(settings, log, tracing);
    const stopOnce = async (): Promise<void> => {
      stopping = true;
      await stop();
      await tracing?.close();
    };
    stopOnSignals({ stop: stopOnce, log });
    const service = await started;
    giveBackMemoryAtRest(() => service.forgetRecent?.(), log);
    console.log(`tocsin ${program.name === undefined ? '' : `${program.name} `}ready ${service.url}`);
  } catch (error) {
    // A start that was stopped: the stop says how that went.
    if (stopping) return;
    console.error(inOneLine(program, error) ?? error);
    process.exit(1);
  }
};

const inOneLine = (program: { refusal?(error: unknown): string | undefined }, error: unknown): string | undefined =>
  error instanceof SettingsInvalid ? error.message : (program.refusal?.(error) ?? refusedBySystem(error));

/** What the operating system refused, when the settings asked for something that cannot be had. */
const refusedBySystem = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path, address, hostname, port } = error as NodeJS.ErrnoException &
    Partial<Record<'address' | 'hostname' | 'port', string>>;
  if (syscall === 'listen') return `cannot listen on ${address}:${port} (${code}): set TOCSIN_PORT or TOCSIN_HOST to what is free`;
  if (syscall === 'getaddrinfo') return `cannot listen on ${hostname} (${code}): set TOCSIN_HOST to an address of this machine`;
  return path === undefined ? undefined : `cannot use ${path} (${code}): set TOCSIN_DATA_DIR to a directory that can be written`;
};
