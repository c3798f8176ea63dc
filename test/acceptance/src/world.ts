import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInstant } from '@tocsin/domain';
import type {
  AlertCreation,
  AlertPreference,
  AlertSource,
  AlertSourceId,
  ConfigurationKind,
  ConfigurationResources,
  ContactId,
  EscalationPolicy,
  EscalationPolicyId,
  EscalationRule,
  EscalationTarget,
  Instant,
  LocalDateTime,
  OverrideId,
  PreferenceId,
  Role,
  Schedule,
  ScheduleId,
  User,
  UserId,
} from '@tocsin/domain';
import { hashSecret, WoundClock } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import type { StandaloneParts } from '@tocsin/standalone';
import { MailServer } from '@tocsin/testing';
import { startCluster } from './cluster-product';
import { Mailbox } from './mailbox';
import { startOneProcess } from './product';
import type { Product, ProductOptions } from './product';
import { unlessTooSlow } from './unless-too-slow';

// Ten services that start on real servers take their time, on a busy machine more than a suite is given.
jest.setTimeout(120_000);

export const ADMIN_KEY = 'tk_acceptanceadministratorkey';
export const SECRET = 'a-secret-key-for-tests-that-is-long-enough';
/** A Monday morning in winter. */
export const START = parseInstant('2026-01-05T09:00:00Z');

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly body: Body;
}

export interface PersonOptions {
  readonly role?: Role;
  readonly preferences?: readonly Omit<AlertPreference, 'id' | 'contactId'>[];
  readonly mutedUntil?: Instant;
  readonly verified?: boolean;
  /** A telephone number beside the address; its preferences are those by SMS and call. */
  readonly phone?: string;
  readonly phoneVerified?: boolean;
}

export interface SourceOptions {
  readonly alertCreation?: AlertCreation;
  readonly integrationType?: 'API' | 'PROMETHEUS';
  readonly alertGroupingWindow?: string;
  readonly autoResolutionTimeout?: string;
  readonly priority?: 'HIGH' | 'LOW';
}

/** In UTC, `YYYY-MM-DDThh:mm`. */
export interface Shift {
  readonly userId: UserId;
  readonly start: string;
  readonly end: string;
}

/** Stories are told on both profiles: on one process, or on the services and servers of a cluster. */
const profiles = { embedded: startOneProcess, cluster: startCluster } as const;
const usualProfile = process.env['TOCSIN_TEST_CLUSTER'] === '1' ? 'cluster' : 'embedded';

/** Tocsin on data of its own, with a clock that is wound and a mail server of its own. */
export class World {
  readonly clock = new WoundClock(START);
  private product!: Product;
  private readonly alsoSettled: (() => Promise<unknown>)[] = [];
  private ids = 100;
  private start: (options: ProductOptions) => Promise<Product>;
  private kept: string;

  private constructor(
    private readonly home: string,
    readonly mail: MailServer,
    private readonly parts: StandaloneParts,
    private readonly env: Readonly<Record<string, string>>,
    profile: keyof typeof profiles,
  ) {
    this.start = profiles[profile];
    this.kept = home;
  }

  static async start(
    parts: StandaloneParts = {},
    env: Readonly<Record<string, string>> = {},
    profile: keyof typeof profiles = usualProfile,
  ): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), 'tocsin-')), await MailServer.start(), parts, env, profile);
    try {
      await world.boot();
    } catch (error) {
      await world.mail.stop();
      throw error;
    }
    return world;
  }

  async stop(): Promise<void> {
    await this.product.stop();
    await this.product.discard();
    await this.mail.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  /** Where everything lies that lasts. */
  get directory(): string {
    return this.kept;
  }

  /** For a command of the operator. */
  get environment(): Readonly<Record<string, string>> {
    return this.product.environment;
  }

  /** Stops, lets time pass while nothing runs, starts again on the same data, with what was done to it meanwhile. */
  async down(lasting: string, meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
    await this.product.stop();
    await meanwhile();
    this.clock.settleWith(async () => undefined);
    await this.clock.advance(lasting);
    await this.boot();
    await this.settle();
  }

  /** Stops, and goes on in the cluster profile, on servers of its own to which `move` has brought everything. */
  async moveToCluster(name: string, move: (to: string) => Promise<void>): Promise<void> {
    await this.product.stop();
    const to = join(this.home, name);
    await mkdir(to);
    await move(to);
    this.kept = to;
    this.start = startCluster;
    this.clock.settleWith(async () => undefined);
    await this.boot();
    await this.settle();
  }

  get platform() {
    return this.product.platform;
  }

  /** Of every process that is part of it. */
  get platforms() {
    return this.product.platforms;
  }

  /** What each process that is part of it says of its readiness, in the order of the services. */
  readiness(): Promise<readonly { readonly status: unknown; readonly details?: unknown }[]> {
    const ask = async (url: string) => (await (await fetch(`${url}/health/ready`)).json()) as { readonly status: unknown };
    return Promise.all(this.product.processes.map(ask));
  }

  /** Up to ten documents of a collection, asked of a process that has it. */
  documents(collection: string): Promise<readonly unknown[]> {
    return Promise.any(this.product.platforms.map(({ readStore }) => readStore.find(collection, { sort: [], skip: 0, limit: 10 })));
  }

  /** Lets time pass; every timer on the way fires and has its effect before the next one. */
  async advance(by: string): Promise<void> {
    await this.clock.advance(by);
  }

  async settle(): Promise<void> {
    const settle = () => unlessTooSlow(() => this.product.settle());
    await settle();
    let didAny = this.alsoSettled.length > 0;
    while (didAny) {
      didAny = false;
      for (const settled of this.alsoSettled) didAny = (await settled()) === true || didAny;
      await settle();
    }
  }

  /** Somebody else's system that calls back, and has to have done so before anything else happens; true: it has done something. */
  with(system: { settled(): Promise<unknown> }): void {
    this.alsoSettled.push(() => system.settled());
  }

  mailbox(name: string): Mailbox {
    return new Mailbox(this.mail, `${name}@example.test`);
  }

  async person(name: string, options: PersonOptions = {}): Promise<UserId> {
    const id = this.nextId() as UserId;
    const contactId = this.nextId() as ContactId;
    const { phone, phoneVerified = true } = options;
    // Golden messages name people by the ids that they have here.
    const phoneId = phone === undefined ? contactId : (this.nextId() as ContactId);
    const preferences = options.preferences ?? [
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0 },
      { type: 'LOW_PRIORITY', method: 'EMAIL', delayMin: 0 },
    ];
    const user: User = {
      id,
      username: name,
      firstName: name[0]?.toUpperCase() + name.slice(1),
      lastName: 'Tester',
      email: `${name}@example.test`,
      timezone: 'Europe/Berlin',
      language: 'en',
      role: options.role ?? 'USER',
      contacts: [
        { id: contactId, type: 'email', target: `${name}@example.test`, status: 'OK', verified: options.verified ?? true },
        ...(phone === undefined
          ? []
          : [
              {
                id: phoneId,
                type: 'phone',
                regionCode: 'DE',
                target: phone,
                primary: true,
                status: 'OK',
                verified: phoneVerified,
              } as const,
            ]),
      ],
      alertPreferences: preferences.map((preference) => ({
        ...preference,
        id: this.nextId() as PreferenceId,
        contactId: preference.method === 'EMAIL' ? contactId : phoneId,
      })),
      ...(options.mutedUntil === undefined ? {} : { mutedUntil: options.mutedUntil }),
      ...this.stamp(),
    };
    await this.configure('user', user);
    return id;
  }

  async changePerson(id: UserId, change: (user: User) => User): Promise<void> {
    await this.change('user', id, change);
  }

  async changeSource(integrationKey: string, change: (source: AlertSource) => AlertSource): Promise<void> {
    await this.change('source', this.sourceId(integrationKey), change);
  }

  async changePolicy(id: EscalationPolicyId, change: (policy: EscalationPolicy) => EscalationPolicy): Promise<void> {
    await this.change('policy', id, change);
  }

  async changeSchedule(id: ScheduleId, change: (schedule: Schedule) => Schedule): Promise<void> {
    await this.change('schedule', id, change);
  }

  /** An API key of this person. */
  async keyOf(userId: UserId): Promise<string> {
    const key = `tk_${String(this.nextId()).padStart(32, 'k')}`;
    await this.configure('apikey', {
      id: this.nextId() as never,
      name: 'key',
      userId,
      role: 'ADMIN',
      hash: hashSecret(key),
      use: 'api',
      ...this.stamp(),
    });
    return key;
  }

  async policy(
    levels: readonly { readonly targets: readonly EscalationTarget[]; readonly timeoutMin?: number }[],
    options: { readonly repeating?: boolean; readonly frequency?: number; readonly delayMin?: number } = {},
  ): Promise<EscalationPolicyId> {
    const id = this.nextId() as EscalationPolicyId;
    const rules: readonly EscalationRule[] = levels.map(({ targets, timeoutMin = 5 }) => ({ escalationTimeoutMin: timeoutMin, targets }));
    await this.configure('policy', {
      id,
      name: `policy ${id}`,
      rules,
      repeating: false,
      frequency: 1,
      delayMin: 0,
      ...options,
      teamIds: [],
      ...this.stamp(),
    });
    return id;
  }

  async source(policyId: EscalationPolicyId, options: SourceOptions = {}): Promise<string> {
    const id = this.nextId() as AlertSourceId;
    const key = `til1test${String(id).padStart(32, 'k')}`;
    await this.configure('source', {
      id,
      name: `source ${id}`,
      integrationType: options.integrationType ?? 'API',
      integrationKey: { hash: hashSecret(key), cipher: this.platform.secrets.encrypt(key) },
      escalationPolicyId: policyId,
      alertCreation: options.alertCreation ?? 'ONE_ALERT_PER_EMAIL',
      ...(options.alertGroupingWindow === undefined ? {} : { alertGroupingWindow: options.alertGroupingWindow }),
      ...(options.autoResolutionTimeout === undefined ? {} : { autoResolutionTimeout: options.autoResolutionTimeout }),
      alertPriorityRule: options.priority ?? 'HIGH',
      active: true,
      teamIds: [],
      echoed: {},
      ...this.stamp(),
    });
    return key;
  }

  async schedule(
    make: (id: ScheduleId, stamp: { readonly createdAt: Instant; readonly updatedAt: Instant }) => Schedule,
  ): Promise<ScheduleId> {
    const id = this.nextId() as ScheduleId;
    await this.configure('schedule', make(id, this.stamp()));
    return id;
  }

  /** A schedule with these shifts and nobody in between. */
  async shifts(name: string, shifts: readonly Shift[], overrides: readonly Shift[] = []): Promise<ScheduleId> {
    return this.schedule((id, stamp) => ({
      id,
      name,
      type: 'STATIC',
      timezone: 'UTC',
      teamIds: [],
      showGaps: true,
      overrides: overrides.map(({ userId, start, end }) => ({
        id: this.nextId() as OverrideId,
        userId,
        start: parseInstant(`${start}:00Z`),
        end: parseInstant(`${end}:00Z`),
      })),
      plans: [
        {
          from: parseInstant('2025-01-01T00:00:00Z'),
          shifts: shifts.map(({ userId, start, end }) => ({ userId, start: start as LocalDateTime, end: end as LocalDateTime })),
        },
      ],
      ...stamp,
    }));
  }

  /** The id of the source that has this key. */
  sourceId(integrationKey: string): AlertSourceId {
    const source = this.platform.configuration.find('source', 'integrationKeyHash', hashSecret(integrationKey));
    if (source === undefined) throw new Error('there is no source with this key');
    return source.id;
  }

  /** Posts a tool's event and lets it have its effect. */
  async event(integrationKey: string, event: Readonly<Record<string, unknown>>): Promise<Answer> {
    const answer = await this.post('/api/events', { integrationKey, eventType: 'ALERT', ...event });
    await this.settle();
    return answer;
  }

  /** Has a tool raise an alert; its id. Of several at one instant the ids do not tell the newest: each replica has a block of its own. */
  async raise(integrationKey: string, summary: string): Promise<number> {
    await this.event(integrationKey, { summary, alertKey: summary });
    const alerts = await this.alerts(`?max-results=100&sources=${this.sourceId(integrationKey)}`);
    const raised = alerts.find(({ alertKey }) => alertKey === summary);
    if (raised === undefined) throw new Error(`there is no alert '${summary}'`);
    return raised.id;
  }

  async get<Body = Record<string, unknown>>(path: string, key: string = ADMIN_KEY): Promise<Answer<Body>> {
    return this.request<Body>('GET', path, undefined, key);
  }

  async post<Body = Record<string, unknown>>(path: string, body?: unknown, key: string = ADMIN_KEY): Promise<Answer<Body>> {
    return this.request<Body>('POST', path, body, key);
  }

  async put<Body = Record<string, unknown>>(path: string, body?: unknown, key: string = ADMIN_KEY): Promise<Answer<Body>> {
    return this.request<Body>('PUT', path, body, key);
  }

  /** The newest alert, or the one with this id. */
  async alert(id?: number): Promise<Record<string, unknown> & { readonly id: number; readonly status: string }> {
    type Alert = Record<string, unknown> & { readonly id: number; readonly status: string };
    if (id !== undefined) return (await this.get<Alert>(`/api/alerts/${id}`)).body;
    const [newest] = (await this.get<Alert[]>('/api/alerts')).body;
    if (newest === undefined) throw new Error('there is no alert');
    return newest;
  }

  async alerts(filter = ''): Promise<readonly (Record<string, unknown> & { readonly id: number; readonly status: string })[]> {
    return (await this.get<(Record<string, unknown> & { id: number; status: string })[]>(`/api/alerts${filter}`)).body;
  }

  /** The sentences on an alert's timeline, oldest first. */
  async timeline(id: number): Promise<readonly string[]> {
    const entries = (await this.get<{ text: string }[]>(`/api/alerts/${id}/log-entries?max-results=100`)).body;
    return entries.map(({ text }) => text).reverse();
  }

  /** Lines of a metric, of all processes together: of a counter the sum, of anything else the highest. */
  async metric(name: string): Promise<readonly string[]> {
    const texts = await Promise.all(this.product.processes.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const values = new Map<string, number>();
    for (const line of texts.flatMap((text) => text.split('\n')))
      if (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) {
        const [series, value] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))];
        const known = values.get(series) ?? 0;
        values.set(series, name.endsWith('_total') ? known + value : Math.max(known, value));
      }
    return [...values].map(([series, value]) => `${series} ${value}`);
  }

  /** Opens a link and presses its one button, as a person does. Answers with what the page says. */
  async press(link: string): Promise<string> {
    const asked = await this.open(link);
    if (!asked.includes('<form method="post">')) return asked;
    const page = await this.confirm(link);
    await this.settle();
    return page;
  }

  /** What a link's page shows; nothing happens by it. */
  async open(link: string): Promise<string> {
    return (await fetch(this.here(link))).text();
  }

  /** Presses the button only: for presses that cross each other. */
  async confirm(link: string): Promise<string> {
    return (await fetch(this.here(link), { method: 'POST' })).text();
  }

  async delete(path: string, key: string = ADMIN_KEY): Promise<Answer> {
    return this.request('DELETE', path, undefined, key);
  }

  /** Where a path is answered now. */
  urlOf(path: string): string {
    return `${this.product.urlFor(path)}${path}`;
  }

  /** After a restart the world listens on another port; a real one keeps its address. */
  private here(link: string): string {
    return this.urlOf(link.replace(/^https?:\/\/[^/]+/, ''));
  }

  private async boot(): Promise<void> {
    this.product = await this.start({
      directory: this.kept,
      env: {
        TOCSIN_SECRET_KEY: SECRET,
        TOCSIN_BOOTSTRAP_API_KEY: ADMIN_KEY,
        TOCSIN_BOOTSTRAP_EMAIL: 'admin@example.test',
        SMTP_URL: this.mail.url,
        LOG_LEVEL: 'error',
        ...this.env,
      },
      parts: { clock: this.clock, random: () => 0.5, ...this.parts },
    });
    this.clock.settleWith(() => this.settle());
  }

  private async request<Body>(method: string, path: string, body: unknown, key: string): Promise<Answer<Body>> {
    const response = await fetch(this.urlOf(path), {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Body };
  }

  private async configure<K extends Parameters<Platform['configurationStore']['bootstrap']>[0]>(
    kind: K,
    resource: Parameters<Platform['configurationStore']['bootstrap']>[1],
  ): Promise<void> {
    const context = this.context();
    await unlessTooSlow(() => this.platform.configurationStore.bootstrap(kind, resource as never, context));
  }

  private async change<K extends ConfigurationKind>(
    kind: K,
    id: number,
    change: (resource: ConfigurationResources[K]) => ConfigurationResources[K],
  ): Promise<void> {
    const context = this.context();
    await unlessTooSlow(() => this.platform.configurationStore.change(kind, id, change, context));
  }

  private context() {
    return { requestId: `setup-${this.nextId()}`, actor: { type: 'system', part: 'test' } } as const;
  }

  private stamp() {
    return { createdAt: this.clock.now(), updatedAt: this.clock.now() };
  }

  private nextId(): number {
    return this.ids++;
  }
}
