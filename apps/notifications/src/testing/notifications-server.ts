import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionSettings } from '@tocsin/alert-actions';
import { Channel } from '@tocsin/channels';
import type { Destination, OutgoingMessage, ProviderBudget, Room, SendOutcome } from '@tocsin/channels';
import { topics } from '@tocsin/contracts';
import { instant } from '@tocsin/domain';
import type { AlertEvent, AlertId, ApiKeyId, ContactId, NotificationMethod, PreferenceId, Role, User, UserId } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { StoredEvent } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import type { Message } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger, hashSecret, newApiKey, newUuid, SecretBox, WoundClock } from '@tocsin/platform';
import { startService } from '@tocsin/platform/nest';
import { EmbeddedReadStore } from '@tocsin/read-models/embedded';
import { AnswerLinks } from '../answer-links';
import type { CallbackSettings } from '../callback-settings';
import { NotificationsModule } from '../notifications.module';

export const NIGHT = instant(Date.parse('2026-03-02T03:00:00Z'));

/** A provider that does as it is told, and keeps what it was asked to send. */
export class ToldChannel extends Channel {
  readonly sent: OutgoingMessage[] = [];
  /** How often it was asked for room. */
  asked = 0;
  answer: (message: OutgoingMessage) => Promise<SendOutcome> = async () => ({ type: 'handed-over', receiptExpected: false });

  /** Absent: it takes any number at once. */
  budget?: ProviderBudget;

  constructor(
    readonly provider: string,
    readonly method: NotificationMethod = 'EMAIL',
  ) {
    super();
  }

  override room(to: Destination, noLonger?: AbortSignal): Promise<Room | undefined> {
    this.asked += 1;
    return this.budget?.room(noLonger) ?? super.room(to);
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    this.sent.push(message);
    return this.answer(message);
  }

  async close(): Promise<void> {}
}

/** The notifications service alone, listening, on embedded stores of its own. What alerts would do with an answer is not there. */
export const notificationsServer = async (
  provider = 'told',
  others: readonly ToldChannel[] = [],
  callbacks: CallbackSettings = {},
  /** Most stories are about single pages, of alerts that all come at once. */
  bundlePages = false,
) => {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-notifications-'));
  const onFailure = (error: Error): void => {
    throw error;
  };
  const clock = new WoundClock(NIGHT);
  const embeddedLog = await EmbeddedLog.open({ directory, onFailure });
  const readStore = await EmbeddedReadStore.open({ directory, onFailure });
  const channel = new ToldChannel(provider);
  const service = await startService({
    stores: { eventStore: new EmbeddedEventStore(embeddedLog), bus: new EmbeddedMessageBus(embeddedLog), readStore },
    module: (platform) =>
      NotificationsModule.register(platform, {
        random: () => 0.5,
        channelsFor: (method) => [channel, ...others].filter((each) => each.method === method),
        callbacks,
        bundlePages,
        actions: actionSettings({ outgoingAllow: ['http://127.0.0.0/8'], githubApiBaseUrl: 'https://github.invalid' }),
      }),
    clock,
    log: createLogger({ level: 'silent' }),
    secrets: new SecretBox(['0123456789abcdef0123456789abcdef']),
    random: () => 0.5,
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://tocsin.test',
    reachableMethods: new Set([channel, ...others].map(({ method }) => method)),
    // Nobody here acts on answers: a page would wait for them in vain. Changes of configuration are settled instead.
    visibleWithinMs: 150,
    relays: true,
  }).started;
  const { platform, url } = service;
  const { eventStore, bus, ids, configurationStore, secrets, settings } = platform;

  const given: Message[] = [];
  const answers = await bus.connect(topics.alertCommands, 'spec', {
    receive: async (messages) => void given.push(...messages),
    revoked: async () => undefined,
  });

  const context = () => ({ requestId: newUuid(), actor: { type: 'system', part: 'spec' } }) as const;
  return {
    platform,
    clock,
    channel,
    url,
    given,
    links: new AnswerLinks(secrets, settings),
    /** What is on the log that others than this service do: the alert's facts. */
    happens: async (alertId: number, ...events: readonly AlertEvent[]): Promise<void> => {
      await eventStore.append(
        `alert-${alertId}`,
        'any',
        events.map(({ type, data }) => ({
          id: newUuid(),
          type,
          data: { ...data, alertId: alertId as AlertId, at: clock.now() },
          metadata: {
            schemaVersion: 1,
            time: clock.now(),
            actor: { type: 'system', part: 'spec' },
            correlationId: 'c',
            causationId: 'd',
          },
        })),
      );
    },
    stream: (name: string): Promise<readonly StoredEvent[]> => eventStore.readStream(name),
    person: async (username: string, role: Role, about: Partial<User> = {}): Promise<{ readonly id: UserId; readonly key: string }> => {
      const contact = (await ids.next('contact')) as ContactId;
      const high = (await ids.next('preference')) as PreferenceId;
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
          alertPreferences: [{ id: high, type: 'HIGH_PRIORITY', method: 'EMAIL', contactId: contact, delayMin: 0 }],
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
          name: 'key',
          userId: user.id,
          role,
          hash: hashSecret(key),
          use: 'api',
          createdAt: now,
          updatedAt: now,
        }),
        context(),
      );
      await service.settle();
      return { id: user.id, key };
    },
    context,
    settle: () => service.settle(),
    stop: async (): Promise<void> => {
      await answers.close();
      await service.stop();
      await readStore.close();
      await embeddedLog.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export type NotificationsServer = Awaited<ReturnType<typeof notificationsServer>>;
