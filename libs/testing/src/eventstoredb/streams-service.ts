import type { sendUnaryData } from '@grpc/grpc-js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb';
import { DeleteResp, TombstoneResp } from '@eventstore/db-client/generated/streams_pb';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { answerAppend, readAppend } from './append-call';
import { BatchAppends } from './batch-append-call';
import { answerDelete } from './delete-call';
import { admit } from './fault-injection';
import type { Serving } from './fault-injection';
import { OpenCall } from './open-call';
import { answerRead, isSubscription } from './read-call';
import { toRefusal } from './refusals';

/** The streams of the protocol; of persistent subscriptions, projections, users and operations there is nothing. */
export function streamsService(serving: Serving): IStreamsServer {
  const { database } = serving;
  return {
    append: (call, callback) => {
      replying(callback, async () => {
        const through = admit(serving, 'append', call.metadata);
        const append = await readAppend(call, serving.mostAppendBytes);
        return through(() => answerAppend(database, append));
      });
    },

    batchAppend: (call) => {
      const appends = new BatchAppends(database, serving.mostAppendBytes);
      const open = new Set<Promise<void>>();
      const fail = (error: unknown): void => void call.emit('error', toRefusal(error));
      const answer = async (chunk: BatchAppendReq): Promise<void> => {
        const append = appends.take(chunk);
        if (append === undefined) return;
        const through = admit(serving, 'append', call.metadata);
        call.write(await through(() => appends.answer(append)));
      };
      call.on('data', (chunk: BatchAppendReq) => {
        const one: Promise<void> = answer(chunk)
          .catch(fail)
          .finally(() => open.delete(one));
        open.add(one);
      });
      call.on('end', () => void Promise.all(open).then(() => call.end()));
      call.on('error', () => undefined);
    },

    read: (call) => {
      const open = new OpenCall(call);
      const answer = async (): Promise<void> => {
        const through = admit(serving, isSubscription(call.request) ? 'subscribe' : 'read', call.metadata);
        await through(() => answerRead(database, call.request.getOptions(), open));
      };
      answer().catch((error: unknown) => open.fail(error));
    },

    delete: (call, callback) => {
      replying(callback, async () => {
        const through = admit(serving, 'delete', call.metadata);
        return through(() => answerDelete(database, 'softDelete', call.request, new DeleteResp(), new DeleteResp.Position()));
      });
    },

    tombstone: (call, callback) => {
      replying(callback, async () => {
        const through = admit(serving, 'delete', call.metadata);
        return through(() => answerDelete(database, 'tombstone', call.request, new TombstoneResp(), new TombstoneResp.Position()));
      });
    },
  };
}

function replying<Answer>(callback: sendUnaryData<Answer>, answer: () => Promise<Answer>): void {
  answer().then(
    (message) => callback(null, message),
    (error: unknown) => callback(toRefusal(error)),
  );
}
