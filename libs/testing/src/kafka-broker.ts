import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freeze } from './freeze';

interface Running {
  readonly brokers: string;
  readonly secureBrokers?: string;
  readonly ca?: string;
  readonly pid: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface KafkaBrokerOptions {
  /** Where clients are told to connect to: a proxy's port. */
  readonly advertisedPort?: number;
  readonly secure?: { readonly username: string; readonly password: string };
  /** As one of several, numbered from 1. */
  readonly quorum?: { readonly nodeId: number; readonly controllerPorts: readonly number[] };
}

type StartKafka = (options: KafkaBrokerOptions & { readonly directory: string; readonly port?: number }) => Promise<Running>;

const scripts = async <Module>(name: string): Promise<Module> =>
  (await import(pathToFileURL(resolve(__dirname, '../../../scripts/servers', name)).href)) as Module;

const startKafka: StartKafka = async (options) => (await scripts<{ startKafka: StartKafka }>('kafka.mjs')).startKafka(options);

/** A real broker of a test's own, to be killed and frozen, in a directory that goes with it. */
export class KafkaBroker {
  private constructor(
    private readonly directory: string,
    private readonly options: KafkaBrokerOptions,
    private running: Running,
  ) {}

  static async start(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-kafka-'));
    return new KafkaBroker(directory, options, await startKafka({ ...options, directory }));
  }

  /** Several that replicate to each other; each is killed and frozen by itself. */
  static async startSeveral(count: number): Promise<readonly KafkaBroker[]> {
    const { freePorts } = await scripts<{ freePorts(count: number): Promise<number[]> }>('loopback.mjs');
    const controllerPorts = await freePorts(count);
    return Promise.all(controllerPorts.map((_, index) => KafkaBroker.start({ quorum: { nodeId: index + 1, controllerPorts } })));
  }

  get brokers(): string {
    return this.running.brokers;
  }

  get port(): number {
    return Number(this.running.brokers.split(':')[1]);
  }

  /** The listener with TLS and passwords, and who vouches for its certificate. */
  get secure(): { readonly brokers: string; readonly ca: string } {
    const { secureBrokers: brokers, ca } = this.running;
    if (brokers === undefined || ca === undefined) throw new Error('the broker was started without a secure listener');
    return { brokers, ca };
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    process.kill(this.running.pid, 'SIGKILL');
    await this.running.exited;
  }

  /** On the data and the port it had. */
  async restart(): Promise<void> {
    this.running = await startKafka({ ...this.options, directory: this.directory, port: this.port });
  }

  /** It keeps its connections and answers nothing, until `thaw`. */
  freeze(): void {
    freeze(this.running.pid);
  }

  thaw(): void {
    process.kill(this.running.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.running.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
