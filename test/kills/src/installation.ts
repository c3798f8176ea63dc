import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertSourceId, ContactId, EscalationPolicyId, PreferenceId, User, UserId } from '@tocsin/domain';
import { hashSecret } from '@tocsin/platform';
import { readSettings, startStandalone } from '@tocsin/standalone';
import { MailServer, StandaloneProcess } from '@tocsin/testing';
import { alertsSeenBy } from './alerts-seen';
import type { SeenAlert } from './audit';

const API_KEY = 'tk_killsadministratorkey';
const INTEGRATION_KEY = 'til1killskkkkkkkkkkkkkkkkkkkkkkkkkkkkkk';
const MAIN = join(__dirname, '../../../apps/standalone/dist/main.js');

/** One data directory, the process that runs on it, and the mail server that outlives the process. */
export class Installation {
  private process: StandaloneProcess | undefined;

  private constructor(
    readonly directory: string,
    readonly mail: MailServer,
    readonly levelTimeoutMs: number,
  ) {}

  readonly integrationKey = INTEGRATION_KEY;
  readonly addresses = ['ana@example.test', 'ben@example.test'];

  /** Level 1 pages Ana, level 2 Ben. */
  static async create(levelTimeoutMs: number): Promise<Installation> {
    const installation = new Installation(await mkdtemp(join(tmpdir(), 'tocsin-kills-')), await MailServer.start(), levelTimeoutMs);
    await installation.configure();
    return installation;
  }

  /** The same data in another place, as it is now. */
  async copy(): Promise<Installation> {
    const directory = await mkdtemp(join(tmpdir(), 'tocsin-kills-'));
    await cp(this.directory, directory, { recursive: true });
    return new Installation(directory, this.mail, this.levelTimeoutMs);
  }

  get url(): string {
    return this.process?.url ?? '';
  }

  async start(): Promise<void> {
    this.process = await StandaloneProcess.start(this.options);
  }

  /** Begins to start, and is killed in the middle of it. */
  async dieStarting(afterMs: number): Promise<void> {
    const starting = StandaloneProcess.launch(this.options);
    const ready = starting.ready(30_000).catch(() => undefined);
    await Promise.race([ready, new Promise((resolve) => setTimeout(resolve, afterMs))]);
    await starting.kill();
    await ready;
  }

  async kill(): Promise<void> {
    await this.process?.kill();
  }

  async stop(): Promise<number | null | undefined> {
    return this.process?.stop();
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  async event(alertKey: string): Promise<number> {
    const body = JSON.stringify({ integrationKey: INTEGRATION_KEY, eventType: 'ALERT', summary: `${alertKey} is down`, alertKey });
    const response = await fetch(`${this.url}/api/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return response.status;
  }

  alerts(): Promise<readonly SeenAlert[]> {
    return alertsSeenBy((path) => this.get(path));
  }

  private async get<Body>(path: string): Promise<Body> {
    const response = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${API_KEY}` } });
    if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }

  private get options() {
    return {
      main: MAIN,
      dataDirectory: this.directory,
      apiKey: API_KEY,
      env: {
        SMTP_URL: this.mail.url,
        MAIL_FROM: 'tocsin@example.test',
        TOCSIN_PUBLIC_URL: 'http://tocsin.example.test',
        // Each page is looked for in a mail of its own.
        TOCSIN_BUNDLE_PAGES: 'false',
      },
    };
  }

  /** In this process, past the API: there a level lasts a minute at least, and twenty kills take less than that. */
  private async configure(): Promise<void> {
    const standalone = await startStandalone(
      readSettings({ TOCSIN_DATA_DIR: this.directory, TOCSIN_PORT: '0', TOCSIN_BOOTSTRAP_API_KEY: API_KEY, LOG_LEVEL: 'silent' }),
    );
    const { configurationStore, clock, secrets } = standalone.platform;
    const stamp = { createdAt: clock.now(), updatedAt: clock.now() };
    const context = { requestId: 'kills', actor: { type: 'system', part: 'kills' } } as const;
    const [ana, ben] = ['ana', 'ben'].map((name, index): User => {
      const id = 100 + index;
      return {
        id: id as UserId,
        username: name,
        firstName: name,
        lastName: 'Tester',
        email: `${name}@example.test`,
        timezone: 'UTC',
        language: 'en',
        role: 'USER',
        contacts: [{ id: id as ContactId, type: 'email', target: `${name}@example.test`, status: 'OK', verified: true }],
        alertPreferences: [{ id: id as PreferenceId, type: 'HIGH_PRIORITY', method: 'EMAIL', contactId: id as ContactId, delayMin: 0 }],
        ...stamp,
      };
    }) as [User, User];
    await configurationStore.bootstrap('user', ana, context);
    await configurationStore.bootstrap('user', ben, context);
    const escalationTimeoutMin = this.levelTimeoutMs / 60_000;
    const rules = [ana, ben].map(({ id }) => ({ escalationTimeoutMin, targets: [{ type: 'user', userId: id }] as const }));
    const policyId = 100 as EscalationPolicyId;
    await configurationStore.bootstrap(
      'policy',
      { id: policyId, name: 'kills', rules, repeating: false, frequency: 1, delayMin: 0, teamIds: [], ...stamp },
      context,
    );
    await configurationStore.bootstrap(
      'source',
      {
        id: 100 as AlertSourceId,
        name: 'kills',
        integrationType: 'API',
        integrationKey: { hash: hashSecret(INTEGRATION_KEY), cipher: secrets.encrypt(INTEGRATION_KEY) },
        escalationPolicyId: policyId,
        alertCreation: 'ONE_ALERT_PER_EMAIL',
        alertPriorityRule: 'HIGH',
        active: true,
        teamIds: [],
        echoed: {},
        ...stamp,
      },
      context,
    );
    await standalone.stop();
  }
}
