process.env['TZ'] = 'UTC';
import { DataDirectoryRefused } from '@tocsin/embedded-log';
import { createLogger, SettingsInvalid, stopOnSignals } from '@tocsin/platform';
import { readSettings } from './config';
import { announce } from './announce';
import { startStandalone } from './standalone';

const main = async (): Promise<void> => {
  const settings = readSettings();
  if (settings.profile === 'cluster')
    return refuse('TOCSIN_PROFILE=cluster is not there yet: this version runs as one process, with TOCSIN_PROFILE=embedded');
  const log = createLogger({ level: settings.logLevel });
  const standalone = await startStandalone(settings, {
    log,
    onFailure: (error) => {
      log.fatal({ err: error }, 'storage failed');
      process.exit(1);
    },
  });
  stopOnSignals({ stop: () => standalone.stop(), log });
  announce(standalone, (line) => console.log(line));
};

const refuse = (line: string): void => {
  console.error(line);
  process.exitCode = 1;
};

type AddressError = Error & { readonly code: string; readonly address: string; readonly port: number };

const isAddressError = (error: unknown): error is AddressError =>
  error instanceof Error && 'syscall' in error && error.syscall === 'listen';

main().catch((error: unknown) => {
  if (error instanceof SettingsInvalid || error instanceof DataDirectoryRefused) return refuse(error.message);
  if (isAddressError(error)) {
    const { code, address, port } = error;
    return refuse(`cannot listen on ${address}:${port} (${code}): set TOCSIN_PORT or TOCSIN_HOST to what is free`);
  }
  console.error(error);
  process.exit(1);
});
