import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';

/** A log of its own, whose failures are the test's. */
export const logInADirectory = async (): Promise<{ readonly log: EmbeddedLog; close(): Promise<void> }> => {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-notifications-'));
  const log = await EmbeddedLog.open({
    directory,
    onFailure: (error) => {
      throw error;
    },
  });
  return {
    log,
    close: async () => {
      await log.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
