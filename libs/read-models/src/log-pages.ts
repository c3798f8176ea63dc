import type { AllPage, EventStore, Position } from '@tocsin/event-store';

/** Large pages up to the end of the log, each read while the one before is being handled. @throws EventStoreFault */
export async function* logPages(
  eventStore: EventStore,
  query: { readonly after: Position; readonly prefixes: readonly string[]; readonly limit: number },
): AsyncGenerator<AllPage, void, undefined> {
  let page = await eventStore.readAll(query);
  for (;;) {
    const following = page.atHead ? undefined : eventStore.readAll({ ...query, after: page.next });
    // Should the page in hand fail first, nobody asks for this one any more; else its failure is met in its turn.
    following?.catch(() => undefined);
    yield page;
    if (following === undefined) return;
    page = await following;
  }
}
