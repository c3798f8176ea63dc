process.env['TZ'] = 'UTC';
import { DataDirectoryRefused } from '@tocsin/embedded-log';
import { runProgram } from '@tocsin/platform';
import { announceFirstStart } from './announce';
import { readSettings } from './config';
import { startStandalone } from './standalone';

/** What was asked for is started in another way. */
class OtherProgram extends Error {}

void runProgram({
  readSettings: () => {
    const settings = readSettings();
    if (settings.profile === 'embedded') return settings;
    throw new OtherProgram('TOCSIN_PROFILE: cluster runs as five services: npm run service -- <name>, or npm run cluster for all of them');
  },
  start: (settings, log, tracing) => {
    const started = startStandalone(settings, {
      log,
      ...(tracing === undefined ? {} : { tracing }),
      onFirstStart: (first) => announceFirstStart(first, (line) => console.log(line)),
      onFailure: (error) => {
        log.fatal({ err: error }, 'storage failed');
        process.exit(1);
      },
    });
    return { started, stop: async () => (await started).stop() };
  },
  refusal: (error) => (error instanceof DataDirectoryRefused || error instanceof OtherProgram ? error.message : undefined),
});
