process.env['TZ'] = 'UTC';
import { DataDirectoryRefused } from '@tocsin/embedded-log';
import { createLogger, SettingsInvalid, stopOnSignals } from '@tocsin/platform';
import { readSettings } from './config';
import { announceFirstStart } from './announce';
import { startStandalone } from './standalone';

const main = async (): Promise<void> => {
  const settings = readSettings();
  if (settings.profile === 'cluster')
    return refuse('TOCSIN_PROFILE=cluster is not there yet: this version runs as one process, with TOCSIN_PROFILE=embedded');
  const log = createLogger({ level: settings.logLevel });
  const standalone = await startStandalone(settings, {
    log,
    onFirstStart: (first) => announceFirstStart(first, say),
    onFailure: (error) => {
      log.fatal({ err: error }, 'storage failed');
      process.exit(1);
    },
  });
  stopOnSignals({ stop: () => standalone.stop(), log });
  say(`tocsin ready ${standalone.url}`);
};

const say = (line: string): void => console.log(line);

const refuse = (line: string): void => {
  console.error(line);
  process.exitCode = 1;
};

/** What the operating system refused, when the settings asked for something that cannot be had. */
const refusedBySystem = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, path, address, hostname, port } = error as NodeJS.ErrnoException &
    Partial<Record<'address' | 'hostname' | 'port', string>>;
  if (syscall === 'listen') return `cannot listen on ${address}:${port} (${code}): set TOCSIN_PORT or TOCSIN_HOST to what is free`;
  if (syscall === 'getaddrinfo') return `cannot listen on ${hostname} (${code}): set TOCSIN_HOST to an address of this machine`;
  return path === undefined ? undefined : `cannot use ${path} (${code}): set TOCSIN_DATA_DIR to a directory that can be written`;
};

main().catch((error: unknown) => {
  if (error instanceof SettingsInvalid || error instanceof DataDirectoryRefused) return refuse(error.message);
  const refused = refusedBySystem(error);
  if (refused !== undefined) return refuse(refused);
  console.error(error);
  process.exit(1);
});
