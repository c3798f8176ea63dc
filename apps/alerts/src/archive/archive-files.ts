import { createWriteStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Compressed JSON lines in a directory, for their owner only. */
export class ArchiveFiles {
  constructor(private readonly directory: string) {}

  /**
   * Resolves when the whole file is on the disk under its name, also after a power cut. A file of that name is replaced; one
   * that was not finished keeps the ending `.part` until it is written anew. @throws whatever the disk or the lines do
   */
  async write(name: string, lines: AsyncIterable<string>): Promise<void> {
    const made = await mkdir(this.directory, { recursive: true, mode: 0o700 });
    if (made !== undefined) await synced(dirname(this.directory));
    const part = join(this.directory, `${name}.part`);
    await pipeline(Readable.from(lines), createGzip(), createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, join(this.directory, name));
    await synced(this.directory);
  }
}

const synced = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
