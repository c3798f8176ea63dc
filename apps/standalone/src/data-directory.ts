import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryRefused } from '@tocsin/embedded-log';
import { SECRET_KEY_FILE, secretKeyIn } from '@tocsin/platform';

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

/**
 * The key of the data directory, made on the first start. A log is never without its key: the key is on the disk before
 * `log.db` is made, so that no crash comes between the two. Where there is a log and no key, the key was lost, or stood in
 * the settings; another one would make every link that was sent and every stored secret unusable. @throws DataDirectoryRefused
 */
export const secretKeyOf = (directory: string): string => {
  // In this order: the key of another process that makes both at this moment is there when its log is.
  if (existsSync(join(directory, 'log.db')) && !existsSync(join(directory, SECRET_KEY_FILE))) {
    throw new DataDirectoryRefused(
      `${directory} has no ${SECRET_KEY_FILE}, with which its links are signed and its secrets encrypted: put it back from a backup, or set TOCSIN_SECRET_KEY to the key that was used`,
    );
  }
  return secretKeyIn(directory);
};
