import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MailServer } from '@tocsin/testing';
import { services } from '@tocsin/contracts';
import type { ServiceName } from '@tocsin/contracts';
import { engineAtHand, freePort, IMAGE, ready } from './container-engine';
import { describeWith, mustRun, run } from './programs';

const MINUTE_MS = 60_000;
const API_KEY = 'tk_administratoroftheimage';
const names = Object.keys(services) as ServiceName[];

interface Servers {
  readonly addresses: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const startServers = async (directory: string): Promise<Servers> => {
  const path = '../../scripts/servers/servers.mjs';
  const module = (await import(path)) as { startServers(options: object): Promise<Servers> };
  return module.startServers({ directory, given: process.env });
};

describeWith('builder of images', engineAtHand(), (engine) => {
  const [command = '', ...first] = engine.command;
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-image-'));
  const containers = new Map<ServiceName, string>();
  const urls = {} as Record<ServiceName, string>;
  let servers: Servers | undefined;
  let mail: MailServer;

  beforeAll(async () => {
    engine.build();
    mail = await MailServer.start();
    servers = await startServers(directory);
    const settings = {
      ...servers.addresses,
      SMTP_URL: mail.url,
      TOCSIN_SECRET_KEY: '6f66207468652074657374206f662074686520696d616765',
      TOCSIN_BOOTSTRAP_API_KEY: API_KEY,
      TOCSIN_PUBLIC_URL: 'http://tocsin.test',
    };
    const env = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    for (const name of names) {
      const port = await freePort();
      urls[name] = `http://127.0.0.1:${port}`;
      const args = ['run', '--detach', ...engine.runArgsBeside(port), ...env, IMAGE, name];
      containers.set(name, mustRun(command, [...first, ...args]).stdout.trim());
    }
    await Promise.all([...containers].map(([name, container]) => ready(engine, container, urls[name])));
  }, 30 * MINUTE_MS);

  afterAll(async () => {
    for (const container of containers.values()) run(command, [...first, 'rm', '--force', '--volumes', container]);
    await servers?.stop();
    await mail.stop();
    rmSync(directory, { recursive: true, force: true });
  }, MINUTE_MS);

  const call = async <Answer>(service: ServiceName, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${urls[service]}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };

  it(
    'the five services, run from it read-only and without privileges, make of an event an alert and a page',
    async () => {
      const user = await call<{ id: number }>('oncall', '/api/users', { firstName: 'Ana', lastName: 'Ray', email: 'ana@example.test' });
      const policy = await call<{ id: number }>('escalation', '/api/escalation-policies', {
        name: 'image',
        escalationRules: [{ escalationTimeout: 30, users: [{ id: user.id }] }],
      });
      const { integrationKey } = await call<{ integrationKey: string }>('ingestion', '/api/alert-sources', {
        name: 'image',
        integrationType: 'API',
        escalationPolicy: { id: policy.id },
      });
      await call('ingestion', '/api/events', { integrationKey, eventType: 'ALERT', summary: 'disk full on db1', alertKey: 'disk-db1' });
      while (mail.all().length === 0) await pause(50);
      expect(mail.mailbox('ana@example.test').map(({ subject }) => subject)).toEqual([expect.stringContaining('disk full on db1')]);
      let seen: readonly unknown[] = [];
      while (seen.length === 0) seen = await call<readonly unknown[]>('alerts', '/api/alerts');
      expect(seen).toMatchObject([{ summary: 'disk full on db1', status: 'PENDING' }]);
    },
    2 * MINUTE_MS,
  );
});
