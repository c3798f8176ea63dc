import { randomUUID } from 'node:crypto';
import type { Database } from './database';
import type { EventFilter } from './filter';
import { messageFor } from './links';
import { caughtUpMessage, checkpointMessage, confirmationMessage } from './messages';
import type { Answering } from './messages';
import type { OpenCall } from './open-call';
import { isShown } from './reads';
import { streamDeleted } from './refusals';

const PAGE = 200;

interface Subscribing {
  readonly database: Database;
  readonly call: OpenCall;
  readonly answering: Answering & { readonly resolveLinks: boolean };
}

/** A stream after a revision (-1: from its beginning), for ever or until it is ended; it need not be there yet. */
export async function followStream({ database, call, answering }: Subscribing, stream: string, after: number): Promise<void> {
  let reached = after;
  let caughtUp = false;
  await whileOpen(database, call, async () => {
    const view = database.view(stream);
    if (view.status === 'tombstoned') throw streamDeleted(stream);
    const page = database.streamForwards(stream, reached + 1, PAGE);
    for (const record of page) {
      if (view.status === 'there' && isShown(view, record)) await call.write(messageFor(database, record, answering));
      reached = record.revision;
    }
    if (page.length > 0) return 'more';
    if (!caughtUp) await call.write(caughtUpMessage());
    caughtUp = true;
    return 'at the end';
  });
}

/** The whole log after a place. */
export async function followAll({ database, call, answering }: Subscribing, filter: EventFilter | undefined, after: number): Promise<void> {
  let reached = after;
  let considered = 0;
  let checkpoint = after;
  let caughtUp = false;
  const writeCheckpoint = async (): Promise<void> => {
    considered = 0;
    if (checkpoint < reached) await call.write(checkpointMessage(reached));
    checkpoint = reached;
  };
  await whileOpen(database, call, async () => {
    const page = database.allForwards(reached, PAGE);
    for (const record of page) {
      if (filter === undefined || filter.matches(record)) await call.write(messageFor(database, record, answering));
      reached = record.at;
      if (filter !== undefined && ++considered >= filter.checkpointEvery) await writeCheckpoint();
    }
    if (page.length > 0) return 'more';
    if (!caughtUp) {
      if (filter !== undefined) await writeCheckpoint();
      await call.write(caughtUpMessage());
      caughtUp = true;
    }
    return 'at the end';
  });
}

/** Pages are read from the log as the client takes them: somebody who does not read costs no memory. */
async function whileOpen(database: Database, call: OpenCall, step: () => Promise<'more' | 'at the end'>): Promise<void> {
  let wake: () => void = () => undefined;
  const forget = database.onCommit(() => wake());
  try {
    await call.write(confirmationMessage(randomUUID()));
    while (!call.closed) {
      // Listening starts before looking, so a commit between the two is not missed.
      const news = new Promise<void>((resolve) => (wake = resolve));
      if ((await step()) === 'at the end') await call.wait(news);
    }
  } finally {
    forget();
  }
}
