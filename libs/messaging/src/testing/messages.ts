import { instant } from '@tocsin/domain';
import type { Message, OutgoingMessage } from '../message-bus';

let made = 0;

/** A message about nothing in particular, with its own id. */
export const outgoing = (about: Partial<OutgoingMessage> = {}): OutgoingMessage => {
  const id = `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}`;
  return {
    id,
    key: null,
    type: 'SomethingHappened',
    schemaVersion: 1,
    time: instant(1_700_000_000_000),
    correlationId: id,
    causationId: id,
    data: {},
    ...about,
  };
};

export const delivered = (offset: number, about: Partial<Message> = {}): Message => ({
  ...outgoing(about),
  topic: 'things',
  epoch: 'first',
  partition: 0,
  offset,
  ...about,
});
