import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryRefused } from '@tocsin/embedded-log';

/**
 * Views are only ever made from a log: where there are views and no log, the log was removed, and everything with it. To
 * begin anew there as if nothing had been would page nobody of those who were configured. @throws DataDirectoryRefused
 */
export const refuseWithoutLog = (directory: string): void => {
  if (existsSync(join(directory, 'log.db')) || !existsSync(join(directory, 'views.db'))) return;
  throw new DataDirectoryRefused(
    `${directory} has lost its log.db, in which everything is kept: put it back from a backup, or empty the directory to begin anew`,
  );
};
