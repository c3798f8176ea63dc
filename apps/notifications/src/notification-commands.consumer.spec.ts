import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topics } from '@tocsin/contracts';
import { instant } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import type { Message } from '@tocsin/messaging';
import { Metrics, WoundClock } from '@tocsin/platform';
import { NotificationCommandsConsumer } from './notification-commands.consumer';
import { Notifications } from './notifications';

// No test here is about duties or sign-in links.
const none = undefined as never;
const at = instant(1_700_000_000_000);

describe('a wish for a test message', () => {
  let directory: string;
  let log: EmbeddedLog;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tocsin-test-notification-'));
    log = await EmbeddedLog.open({ directory, onFailure: () => undefined });
  });
  afterAll(async () => {
    await log.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('becomes one planned notification, however often it is delivered', async () => {
    const eventStore = new EmbeddedEventStore(log);
    const consumer = new NotificationCommandsConsumer(new Notifications(eventStore, new WoundClock(at), new Metrics()), none, none);
    const data = { notificationId: 7, userId: 3, method: 'EMAIL', contactId: 5, at };
    const message = {
      id: '5f0c8f0e-6b1f-4a52-9a53-0f6a7b1c2d3e',
      topic: topics.notificationCommands,
      epoch: 'e',
      partition: 0,
      offset: 0,
      key: 'user-3',
      type: 'SendTestNotification',
      schemaVersion: 1,
      time: at,
      correlationId: 'c',
      causationId: 'c',
      data,
    } satisfies Message;
    await consumer.sendTest(message);
    await consumer.sendTest({ ...message, offset: 1 });
    const events = await eventStore.readStream('notification-test-7');
    expect(events).toMatchObject([
      { type: 'NotificationPlanned', data: { ...data, purpose: 'test', dueAt: at }, metadata: { correlationId: 'c' } },
    ]);
  });
});
