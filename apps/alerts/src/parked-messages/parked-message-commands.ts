import { parkedMessageStream, rejected } from '@tocsin/domain';
import type { Clock, ParkedMessageEvent } from '@tocsin/domain';
import { derivedEventId } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import type { ParkedListing, ParkedMessage, ParkedMessages } from '@tocsin/messaging';
import type { ChangeContext } from '@tocsin/platform';

/** Which of them: all that fit. */
export interface ParkedFilter {
  readonly topic?: string;
  readonly group?: string;
}

export interface Replayed {
  readonly replayed: number;
  /** Those that fit and are parked still. */
  readonly left: number;
}

/** Of one request; who wants more asks again. */
const REPLAYED_AT_ONCE = 500;
/** Held in memory with what they say. */
const READ_AT_ONCE = 50;

/**
 * What an administrator does with messages that could not be handled. Each decision is recorded before it is carried out: a
 * crash in between leaves the message parked, and the same can be asked for again.
 */
export class ParkedMessageCommands {
  constructor(
    private readonly parts: {
      readonly parked: ParkedMessages;
      readonly eventStore: EventStore;
      readonly clock: Clock;
    },
  ) {}

  /** Oldest first. @throws MessageBusFault */
  async list(filter: ParkedFilter): Promise<readonly ParkedListing[]> {
    return (await this.parts.parked.list()).filter(
      ({ topic, group }) => (filter.topic ?? topic) === topic && (filter.group ?? group) === group,
    );
  }

  /** @throws Rejection, MessageBusFault */
  async get(id: string): Promise<ParkedMessage> {
    const [found] = await this.parts.parked.find([id]);
    if (found === undefined) throw rejected('not-found', `no message is parked as ${id}: it was replayed or discarded, or never was`);
    return found;
  }

  /** Durable when it resolves; its group handles it after that. @throws Rejection, MessageBusFault, EventStoreFault */
  async replay(id: string, context: ChangeContext): Promise<void> {
    const message = await this.get(id);
    if (message.tooLarge)
      throw rejected('message-not-kept', 'the message was too large to be kept a second time; what can be done is in its runbook');
    await this.replayOne(message, context);
  }

  /** Those that are parked now, so that one that is parked again is not replayed for ever. @throws MessageBusFault, EventStoreFault */
  async replayAll(filter: ParkedFilter, context: ChangeContext): Promise<Replayed> {
    const listed = await this.list(filter);
    const ids = listed.filter(({ tooLarge }) => !tooLarge).map(({ id }) => id);
    let replayed = 0;
    for (let from = 0; from < Math.min(ids.length, REPLAYED_AT_ONCE); from += READ_AT_ONCE) {
      for (const message of await this.parts.parked.find(ids.slice(from, from + READ_AT_ONCE))) {
        await this.replayOne(message, context);
        replayed++;
      }
    }
    return { replayed, left: listed.length - replayed };
  }

  /** Gives it up for good. @throws Rejection, MessageBusFault, EventStoreFault */
  async discard(id: string, reason: string, context: ChangeContext): Promise<void> {
    const message = await this.get(id);
    await this.record({ type: 'ParkedMessageDiscarded', data: { ...named(message), reason } }, context);
    await this.parts.parked.discard(message);
  }

  private async replayOne(message: ParkedMessage, context: ChangeContext): Promise<void> {
    await this.record({ type: 'ParkedMessageReplayed', data: named(message) }, context);
    await this.parts.parked.replay(message);
  }

  private async record(event: ParkedMessageEvent, { requestId, actor, remoteAddress }: ChangeContext): Promise<void> {
    const stream = parkedMessageStream(event.data.id);
    await this.parts.eventStore.append(stream, 'any', [
      {
        ...event,
        id: derivedEventId(requestId, stream, 0),
        metadata: {
          schemaVersion: 1,
          time: this.parts.clock.now(),
          actor,
          correlationId: requestId,
          causationId: requestId,
          ...(remoteAddress === undefined ? {} : { remoteAddress }),
        },
      },
    ]);
  }
}

const named = ({ id, topic, group, message }: ParkedMessage): Extract<ParkedMessageEvent, { type: 'ParkedMessageReplayed' }>['data'] => ({
  id,
  topic,
  group,
  messageType: message.type,
});
