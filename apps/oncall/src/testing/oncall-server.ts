import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '@tocsin/domain';
import type { ApiKeyId, ContactId, NotificationMethod, PreferenceId, Role, User, UserId } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { completion, CONFIGURATION_TOPIC } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger, hashSecret, newApiKey, newUuid, SecretBox, WoundClock } from '@tocsin/platform';
import { startService } from '@tocsin/platform/nest';
import { notificationsView } from '@tocsin/read-models';
import { EmbeddedReadStore } from '@tocsin/read-models/embedded';
import { OncallModule } from '../oncall.module';

export const NOON = instant(Date.parse('2026-03-02T12:00:00Z'));

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // What an answer holds is what the tests are about.
  readonly body: Readonly<Record<string, unknown>> & readonly Readonly<Record<string, unknown>>[];
}

export interface Caller {
  readonly id: UserId;
  readonly key: string;
}

/** The on-call service alone, listening, on embedded stores in a directory of its own. */
export const oncallServer = async ({
  directory,
  relaying = true,
  ntfyUrl,
}: { directory?: string; relaying?: boolean; ntfyUrl?: string } = {}) => {
  const dataDirectory = directory ?? (await mkdtemp(join(tmpdir(), 'tocsin-oncall-')));
  const onFailure = (error: Error): void => {
    throw error;
  };
  const clock = new WoundClock(NOON);
  const embeddedLog = await EmbeddedLog.open({ directory: dataDirectory, onFailure });
  const readStore = await EmbeddedReadStore.open({ directory: dataDirectory, onFailure });
  // As the notification service has it, wherever that runs.
  await readStore.declare(notificationsView.name, notificationsView.collections);
  const bus = new EmbeddedMessageBus(embeddedLog);
  if (!relaying) {
    // As the relay has left it, wherever that runs.
    await bus.declare([CONFIGURATION_TOPIC]);
    await bus.publish(CONFIGURATION_TOPIC.name, [completion(CONFIGURATION_TOPIC.name, NOON)]);
  }
  const service = await startService({
    stores: { eventStore: new EmbeddedEventStore(embeddedLog), bus, readStore },
    module: (platform) => OncallModule.register(platform, { ntfyUrl }),
    clock,
    log: createLogger({ level: 'error' }),
    secrets: new SecretBox(['0123456789abcdef0123456789abcdef']),
    random: () => 0.5,
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://tocsin.test',
    reachableMethods: new Set<NotificationMethod>(['EMAIL', 'SMS']),
    relays: relaying,
    ...(relaying ? {} : { visibleWithinMs: 50 }),
  }).started;
  const { platform, url } = service;
  const { ids, configurationStore } = platform;

  const call = async (method: string, path: string, caller?: Caller, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(caller === undefined ? {} : { authorization: `Bearer ${caller.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? undefined : JSON.parse(text)) as Answer['body'] };
  };

  const context = () => ({ requestId: newUuid(), actor: { type: 'system', part: 'test' } }) as const;

  return {
    platform,
    clock,
    url,
    call,
    routes: () => service.routes(),
    /** Somebody with a key, as if they had always been there. */
    person: async (username: string, role: Role, about: Partial<User> = {}): Promise<Caller> => {
      const contact = (await ids.next('contact')) as ContactId;
      const [high, low] = [(await ids.next('preference')) as PreferenceId, (await ids.next('preference')) as PreferenceId];
      const email = `${username}@example.org`;
      const user = await configurationStore.create(
        'user',
        (id, now) => ({
          id,
          username,
          firstName: username,
          lastName: 'Example',
          email,
          timezone: 'Europe/Berlin',
          language: 'en',
          role,
          contacts: [{ id: contact, type: 'email', target: email, status: 'OK', verified: true }],
          alertPreferences: [
            { id: high, type: 'HIGH_PRIORITY', method: 'EMAIL', contactId: contact, delayMin: 0 },
            { id: low, type: 'LOW_PRIORITY', method: 'EMAIL', contactId: contact, delayMin: 0 },
          ],
          createdAt: now,
          updatedAt: now,
          ...about,
        }),
        context(),
      );
      const key = newApiKey();
      await configurationStore.create(
        'apikey',
        (id: ApiKeyId, now) => ({
          id,
          name: `key of ${username}`,
          userId: user.id,
          role,
          hash: hashSecret(key),
          use: 'api',
          createdAt: now,
          updatedAt: now,
        }),
        context(),
      );
      return { id: user.id, key };
    },
    context,
    settle: () => service.settle(),
    stop: async ({ keep = false } = {}): Promise<string> => {
      await service.stop();
      await readStore.close();
      await embeddedLog.close();
      if (!keep) await rm(dataDirectory, { recursive: true, force: true });
      return dataDirectory;
    },
  };
};

export type OncallServer = Awaited<ReturnType<typeof oncallServer>>;
