import { freeze, TcpProxy } from '@tocsin/testing';
import type { RunningServer } from '../../scripts/servers/server-process.mjs';

/** On its directory, and on this port when one is given. Answers where it listens. */
type Start = (port: number | undefined, proxyPort: number) => Promise<{ readonly running: RunningServer; readonly port: number }>;

/** One of the three servers with the network in front of it. */
export class Server {
  readonly name: string;
  readonly network: TcpProxy;
  private readonly start: Start;
  private running: RunningServer;
  private readonly port: number;

  private constructor(name: string, network: TcpProxy, start: Start, running: RunningServer, port: number) {
    this.name = name;
    this.network = network;
    this.start = start;
    this.running = running;
    this.port = port;
  }

  static async start(name: string, protocol: 'frames' | 'bytes', start: Start): Promise<Server> {
    const network = await TcpProxy.listen(undefined, protocol);
    try {
      const { running, port } = await start(undefined, network.port);
      network.targetPort = port;
      return new Server(name, network, start, running, port);
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  async kill(): Promise<void> {
    process.kill(this.running.pid, 'SIGKILL');
    await this.running.exited;
  }

  /** On the data and the port it had. */
  async restart(): Promise<void> {
    ({ running: this.running } = await this.start(this.port, this.network.port));
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
    await this.network.close();
  }
}
