import type {
  AlertPreference,
  AlertSource,
  AlertSourceId,
  ContactId,
  EscalationPolicyId,
  NotificationMethod,
  PreferenceId,
  PushDeviceId,
  User,
  UserId,
} from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { hashSecret } from '@tocsin/platform';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { Standalone } from '@tocsin/standalone';
import { API_KEY } from '../measuring/programs.ts';
import { play, sow } from '../measuring/templates.ts';
import type { Template } from '../measuring/templates.ts';

/** Whoever is paged, by which method and where; a country leads texts to one provider or another. */
export interface Paged {
  readonly method: Extract<NotificationMethod, 'EMAIL' | 'SMS' | 'PUSH'>;
  readonly target: string;
}

const FIRST = 200;
const AT_ONCE = 512;

export interface Planting {
  readonly alerts: number;
  readonly paged: readonly Paged[];
  readonly dueAt: number;
  /** Between an alert and its page; longer than it takes to play one. */
  readonly delayMin: number;
}

/**
 * Fills a directory with alerts that are open, each with one page that is due at the time, and nobody's answer. They went the way
 * of a real one, once for each of those who are paged in turn.
 * @returns how many facts they are
 */
export const plant = async (directory: string, { alerts, paged, dueAt, delayMin }: Planting): Promise<number> => {
  const templates = await played(directory, paged, delayMin);
  const log = await EmbeddedLog.open({ directory });
  const store = new EmbeddedEventStore(log);
  const facts = await sow(store, alerts, (n) => {
    const turn = n % templates.length;
    return { template: templates[turn] as Template, raisedAt: dueAt - delayMin * 60_000, sourceId: FIRST + turn, personId: personId(n) };
  });
  await sowPeople(store, alerts, (n) => FIRST + (n % templates.length));
  await log.close();
  return facts;
};

const personId = (n: number): number => 1_000_000 + n;

/** One for each page: several that come to one person at once are one message. After the relay's place, so that it tells of them. */
const sowPeople = async (store: EventStore, people: number, like: (n: number) => number): Promise<void> => {
  const models = new Map<number, StoredEvent<string, { readonly resource: User }>>();
  const add = async (n: number): Promise<void> => {
    const model = models.get(like(n)) ?? ((await store.readLast(`user-${like(n)}`)) as StoredEvent<string, { readonly resource: User }>);
    models.set(like(n), model);
    const id = personId(n);
    const { resource } = model.data;
    const user = {
      ...resource,
      ...{ id, username: `user${id}`, email: `ana${id}@example.test` },
      contacts: resource.contacts.map((contact) => ({ ...contact, id })),
      alertPreferences: resource.alertPreferences.map((preference) => ({ ...preference, contactId: id })),
    };
    const { type, metadata, data } = model;
    await store.append(`user-${id}`, 'no_stream', [{ id: `person-${n}`, type, metadata, data: { ...data, resource: user } }]);
  };
  for (let n = 0; n < people; n += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, people - n) }, (_, index) => add(n + index)));
};

const played = async (directory: string, paged: readonly Paged[], delayMin: number): Promise<readonly Template[]> => {
  const env = { TOCSIN_DATA_DIR: directory, TOCSIN_PORT: '0', TOCSIN_BOOTSTRAP_API_KEY: API_KEY, LOG_LEVEL: 'silent' };
  const standalone = await startStandalone(readSettings(env));
  try {
    const templates: Template[] = [];
    for (const [index, who] of paged.entries()) {
      const integrationKey = await source(standalone, FIRST + index, { ...who, delayMin });
      templates.push(await play(standalone, { priority: 'HIGH', integrationKey }));
    }
    return templates;
  } finally {
    await standalone.stop();
  }
};

/** A source whose alerts page one person once, a while later. */
const source = async (
  { platform }: Standalone,
  id: number,
  { method, target, delayMin }: Paged & Pick<Planting, 'delayMin'>,
): Promise<string> => {
  const { configuration, configurationStore, secrets, clock } = platform;
  const stamp = { createdAt: clock.now(), updatedAt: clock.now() };
  const context = { requestId: `bench-${id}`, actor: { type: 'system', part: 'bench' } } as const;
  const [first] = configuration.list('source');
  if (first === undefined) throw new Error('there is no alert source to copy');
  const contactId = id as ContactId;
  const preference: AlertPreference = {
    ...{ id: id as PreferenceId, type: 'HIGH_PRIORITY', method, delayMin },
    ...(method === 'PUSH' ? {} : { contactId }),
  };
  const user: User = {
    ...{ id: id as UserId, username: `user${id}`, firstName: 'Ana', lastName: 'Bench', email: `ana${id}@example.test` },
    ...{ timezone: 'Europe/Berlin', language: 'en', role: 'RESPONDER' },
    contacts: [
      method === 'EMAIL'
        ? { id: contactId, type: 'email', target, status: 'OK', verified: true }
        : { id: contactId, type: 'phone', target, regionCode: 'DE', primary: true, status: 'OK', verified: true },
    ],
    alertPreferences: [preference],
    ...(method === 'PUSH'
      ? {
          pushDevices: [
            {
              ...{ id: id as PushDeviceId, type: 'NTFY', name: 'Phone', addedAt: clock.now() },
              address: { hash: hashSecret(target), cipher: secrets.encrypt(target) },
            },
          ],
        }
      : {}),
    ...stamp,
  };
  await configurationStore.bootstrap('user', user, context);
  const policyId = id as EscalationPolicyId;
  await configurationStore.bootstrap(
    'policy',
    {
      ...{ id: policyId, name: `policy ${id}`, repeating: false, frequency: 1, delayMin: 0, teamIds: [] },
      rules: [{ escalationTimeoutMin: 10_000, targets: [{ type: 'user', userId: user.id }] }],
      ...stamp,
    },
    context,
  );
  const integrationKey = `til1bench${String(id).padStart(32, 'k')}`;
  const copy: AlertSource = {
    ...first,
    ...{ id: id as AlertSourceId, name: `source ${id}`, escalationPolicyId: policyId },
    integrationKey: { hash: hashSecret(integrationKey), cipher: secrets.encrypt(integrationKey) },
  };
  await configurationStore.bootstrap('source', copy, context);
  return integrationKey;
};
