import type { Database } from './database';
import { eventMessage, sharedEventMessage } from './messages';
import type { Answering } from './messages';
import type { StoredRecord } from './record';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';

const LINK = '$>';

/** The message for a record: with `resolveLinks`, a link's target first, or only the link when its target is gone. */
export function messageFor(database: Database, record: StoredRecord, answering: Answering & { readonly resolveLinks: boolean }): ReadResp {
  if (!answering.resolveLinks || record.type !== LINK) return sharedEventMessage(record, answering);
  return eventMessage(targetOf(database, record), record, answering);
}

function targetOf(database: Database, link: StoredRecord): StoredRecord | undefined {
  const [, revision, stream] = /^(\d+)@(.+)$/s.exec(Buffer.from(link.data).toString()) ?? [];
  if (revision === undefined || stream === undefined) return undefined;
  const view = database.view(stream);
  const record = view.status === 'there' ? database.at(stream, Number(revision)) : undefined;
  return record === undefined || record.revision < view.first || record.createdMs < view.notBeforeMs ? undefined : record;
}
