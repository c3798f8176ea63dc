import { bundleStream, instant, notificationStream } from '@tocsin/domain';
import type { AlertId, PreferenceId } from '@tocsin/domain';
import { ana } from '@tocsin/domain/testing';
import { EventStoreInBetween } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { newUuid, WoundClock } from '@tocsin/platform';
import { logInADirectory } from '../testing/log-in-a-directory';
import { Bundles } from './bundles';

const metadata = {
  schemaVersion: 1,
  time: instant(0),
  actor: { type: 'system', part: 'spec' },
  correlationId: 'c',
  causationId: 'd',
} as const;

describe('a bundle', () => {
  let store: EmbeddedEventStore;
  let bundles: Bundles;
  let close: () => Promise<void>;
  const [one, other] = [101, 102].map((alertId) => notificationStream(alertId as AlertId, 1, 8 as PreferenceId)) as [string, string];
  const bundle = bundleStream(104);
  const begun = (stream: string) =>
    store.append(stream, 'no_stream', [{ id: newUuid(), type: 'AttemptStarted', data: { attempt: 1, key: bundle }, metadata }]);
  const length = async (stream: string): Promise<number> => (await store.readStream(stream)).length;

  beforeEach(async () => {
    const { log, close: closes } = await logInADirectory();
    close = closes;
    store = new EmbeddedEventStore(log);
    bundles = new Bundles(store, new WoundClock(instant(0)));
    for (const stream of [one, other]) await begun(stream);
    const pages = [one, other].map((notification, index) => ({ notification, attempt: 1, alertId: (101 + index) as AlertId }));
    await bundles.record(104, ana, pages, { correlationId: 'c', causationId: newUuid() });
  });
  afterEach(() => close());

  it('stays as long as one of its pages does, and goes with the last', async () => {
    await bundles.forget(one);
    expect(await length(bundle)).toBe(1);
    await store.deleteStream(one);
    await bundles.forget(other);
    expect([await length(bundle), await length(other)]).toEqual([0, 1]);
    await bundles.forget(other);
  });

  it('is found to be needed by one look, however many pages it has, where alerts go to the archive in their order', async () => {
    class CountingStore extends EventStoreInBetween {
      looks = 0;
      override readLast(stream: string) {
        this.looks++;
        return super.readLast(stream);
      }
    }
    const counting = new CountingStore(store);
    const pages = [201, 202, 203].map((alertId) => ({
      notification: notificationStream(alertId as AlertId, 1, 8 as PreferenceId),
      attempt: 1,
      alertId: alertId as AlertId,
    }));
    for (const { notification } of pages) await begun(notification);
    await bundles.record(104, ana, pages, { correlationId: 'c', causationId: newUuid() });
    await new Bundles(counting, new WoundClock(instant(0))).forget(one);
    expect([await length(bundle), counting.looks]).toEqual([2, 1]);
  });

  it('is not looked for by a page that went out alone', async () => {
    await bundles.forget(notificationStream(103 as AlertId, 1, 8 as PreferenceId));
    expect(await length(bundle)).toBe(1);
  });
});
