import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freeze } from './freeze';

interface Running {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

interface MongodbOptions {
  /** Encryption, and this user's password, are asked for; both are in the server's URL. */
  readonly secure?: { readonly username: string; readonly password: string };
}

type StartMongodb = (options: MongodbOptions & { readonly directory: string; readonly port?: number }) => Promise<Running>;

const startMongodb: StartMongodb = async (options) => {
  const module = pathToFileURL(resolve(__dirname, '../../../scripts/servers/mongodb.mjs')).href;
  const { startMongodb: start } = (await import(module)) as { startMongodb: StartMongodb };
  return start(options);
};

/** A real MongoDB of a test's own, to be killed and frozen, in a directory that goes with it. */
export class MongodbServer {
  private constructor(
    private readonly directory: string,
    private running: Running,
  ) {}

  static async start(options: MongodbOptions = {}): Promise<MongodbServer> {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-mongodb-'));
    return new MongodbServer(directory, await startMongodb({ directory, ...options }));
  }

  get url(): string {
    return this.running.url;
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    process.kill(this.running.pid, 'SIGKILL');
    await this.running.exited;
  }

  /** On the data and the port it had. */
  async restart(): Promise<void> {
    this.running = await startMongodb({ directory: this.directory, port: Number(new URL(this.url).port) });
  }

  /** It keeps its connections and answers nothing, until `thaw`. */
  freeze(): void {
    freeze(this.running.pid);
  }

  thaw(): void {
    process.kill(this.running.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.running.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
