import { join } from 'node:path';
import { Replica } from '../../scripts/cluster/replica.mjs';
import { startServers } from '../../scripts/servers/servers.mjs';
import { API_KEY, flag } from './programs.ts';

export const SERVICES = ['ingestion', 'alerts', 'escalation', 'oncall', 'notifications'] as const;
export type ServiceName = (typeof SERVICES)[number];

type Servers = Awaited<ReturnType<typeof startServers>>;

/** The five services as processes of their own, on real servers or on those that the environment names. */
export class Cluster {
  private readonly servers: Servers;
  private readonly env: Readonly<Record<string, string>>;
  private started = 0;
  private running: Replica[] = [];

  private constructor(servers: Servers, env: Readonly<Record<string, string>>) {
    this.servers = servers;
    this.env = env;
  }

  /** Resolves when one replica of each service serves. */
  static async start(directory: string, env: Readonly<Record<string, string>> = {}): Promise<Cluster> {
    const servers = await startServers({ directory: join(directory, 'servers'), given: process.env, lasting: true });
    const cluster = new Cluster(servers, {
      PATH: process.env['PATH'] ?? '',
      ...servers.addresses,
      ...(flag('cpu-prof') ? { NODE_OPTIONS: '--cpu-prof --cpu-prof-dir=data/profiles' } : {}),
      TOCSIN_SECRET_KEY: 'c2VjcmV0IGtleSBvZiB0aGUgYmVuY2hlcywgMzIgYi4=',
      TOCSIN_BOOTSTRAP_API_KEY: API_KEY,
      TOCSIN_PUBLIC_URL: 'http://tocsin.example',
      ...env,
    });
    try {
      await Promise.all(SERVICES.map((service) => cluster.add(service)));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get brokers(): string {
    return this.servers.addresses['KAFKA_BROKERS'] ?? '';
  }

  get eventStoreUrl(): string {
    return this.servers.addresses['EVENTSTORE_URL'] ?? '';
  }

  /** Starts one more replica and answers its URL. */
  async add(service: ServiceName): Promise<string> {
    const number = ++this.started;
    const say = (line: string): void => (line.startsWith('[') ? console.log(line) : undefined);
    const replica = new Replica({ service, number, env: this.env, restart: false, say });
    this.running.push(replica);
    await replica.start();
    return replica.url;
  }

  /** A new alert source's key, for events of a policy that pages one person by e-mail at once. */
  async integrationKey(): Promise<string> {
    const user = await this.create('oncall', '/api/users', { firstName: 'Ana', lastName: 'Bench', email: 'ana@example.test' });
    const policy = await this.create('escalation', '/api/escalation-policies', {
      name: 'bench',
      escalationRules: [{ escalationTimeout: 1_440, users: [{ id: user['id'] }] }],
    });
    const source = await this.create('ingestion', '/api/alert-sources', {
      name: 'bench',
      integrationType: 'API',
      escalationPolicy: { id: policy['id'] },
    });
    return String(source['integrationKey']);
  }

  urls(service: ServiceName): readonly string[] {
    return this.of(service).flatMap(({ url }) => (url === '' ? [] : [url]));
  }

  /** Process ids of the services and of the servers that were started here, by name. */
  get processes(): Readonly<Record<string, number>> {
    const services = this.running.map((replica) => [replica.service, replica.pid] as const);
    const servers = this.servers.started.map(({ name, pid }) => [name, pid] as const);
    return Object.fromEntries([...services, ...servers].flatMap(([name, pid]) => (pid === undefined ? [] : [[name, pid] as const])));
  }

  /** SIGKILL to the replica that has served longest. Its place stays empty until `add`. */
  kill(service: ServiceName): void {
    const [oldest] = this.of(service);
    if (oldest?.pid === undefined) throw new Error(`no replica of ${service} is left`);
    this.running = this.running.filter((replica) => replica !== oldest);
    process.kill(oldest.pid, 'SIGKILL');
  }

  async stopAllBut(service: ServiceName): Promise<void> {
    const stopped = this.running.filter((replica) => replica.service !== service);
    this.running = this.of(service);
    await Promise.all(stopped.map((replica) => replica.stop()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((replica) => replica.stop()));
    await this.servers.stop();
  }

  private of(service: ServiceName): Replica[] {
    return this.running.filter((replica) => replica.service === service);
  }

  private async create(service: ServiceName, path: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.urls(service)[0]}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }
}
