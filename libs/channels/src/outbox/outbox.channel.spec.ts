import { channelContract } from '../channel.contract';
import { OutboxChannel } from './outbox.channel';

channelContract('outbox', ['any'], async () => {
  const channel = new OutboxChannel('SMS');
  return {
    channel,
    withinMs: 1_000,
    secrets: [],
    situations: [{ name: 'any', arrange: () => undefined, expected: 'handed-over' }],
    close: () => channel.close(),
  };
});
