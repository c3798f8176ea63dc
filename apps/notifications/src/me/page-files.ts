import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

const FOLDER = join(__dirname, '../../page');

/** The page as it is in the repository: nothing is bundled, so that nothing has to be built. Read once. */
export class PageFiles {
  private constructor(private readonly files: ReadonlyMap<string, PageFile>) {}

  static read(folder = FOLDER): PageFiles {
    const names = readdirSync(folder).filter((name) => types[extname(name)] !== undefined);
    return new PageFiles(
      new Map(
        names.map((name) => {
          const body = readFileSync(join(folder, name));
          const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
          return [name, { body, type: types[extname(name)] ?? '', etag }];
        }),
      ),
    );
  }

  get(name: string): PageFile | undefined {
    return this.files.get(name);
  }
}
