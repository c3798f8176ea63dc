import { EventStoreFault, START } from '../event-store';
import type { AllPage, Position, ReadAllQuery } from '../event-store';
import { toPosition } from '../position-digits';
import { AllSource } from './all-source';
import type { Client, RecordedWireEvent } from './client';
import type { DeletedStreams } from './deleted-streams';
import { isOurs } from './own-streams';
import { fromWire } from './wire-events';

/** How many events the server looks through before it says how far it is. */
export const CATCH_UP_WINDOW = 500;

export const afterOf = (position: Position): bigint | undefined => (position === START ? undefined : BigInt(position));

/** What a reader of `$all` is shown of the events. @throws EventStoreFault */
export async function shown(deleted: DeletedStreams, events: readonly RecordedWireEvent[]) {
  return (await deleted.without(events.filter(isOurs))).map(fromWire);
}

/** One page, by a subscription that ends with it: the client's reads know no filter. @throws EventStoreFault */
export async function readAllPage(
  client: Client,
  deleted: DeletedStreams,
  { after, prefixes, limit }: ReadAllQuery,
  deadlineMs: number,
): Promise<AllPage> {
  const giveUpAt = performance.now() + deadlineMs;
  const source = new AllSource(
    client,
    {
      after: afterOf(after),
      prefixes,
      window: CATCH_UP_WINDOW,
      buffered: Math.min(Math.max(1, limit), 500),
    },
    deadlineMs,
  );
  try {
    const events: RecordedWireEvent[] = [];
    for (;;) {
      const taken = source.take(limit - events.length);
      events.push(...taken.events);
      const next = taken.reached === undefined ? after : toPosition(taken.reached);
      const atHead = source.caughtUp;
      const late = performance.now() >= giveUpAt;
      if (late && !atHead && next === after) throw new EventStoreFault('timeout', true);
      if (atHead || late || events.length >= limit) return { events: await shown(deleted, events), next, atHead };
      await source.news(giveUpAt - performance.now());
    }
  } finally {
    source.close();
  }
}
