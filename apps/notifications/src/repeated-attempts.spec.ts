import { setImmediate as nextTurn } from 'node:timers/promises';
import { instant } from '@tocsin/domain';
import { EventStoreFault } from '@tocsin/event-store';
import { Delivery } from './delivery';
import type { DeliveryParts } from './delivery';

describe('attempts that a crash ended, when the event store goes away in the middle of repeating them', () => {
  it('fail for whoever asked, and do not end the process', async () => {
    const fault = new EventStoreFault('unavailable', true);
    const loaded: string[] = [];
    const load = async (stream: string): Promise<unknown> => {
      if (loaded.includes(stream)) throw fault;
      loaded.push(stream);
      // Long enough for the first attempt to have failed before the second one begins.
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      return { status: 'attempting', startedAt: instant(0) };
    };
    const delivery = new Delivery({ notifications: { load }, clock: { now: () => instant(2) } } as unknown as DeliveryParts);
    // A rejection that nobody heard would fail this test by itself.
    await expect(delivery.repeatInterrupted(['one', 'two', 'three'], instant(1))).rejects.toBe(fault);
    expect(loaded).toEqual(['one', 'two', 'three']);
  });
});
