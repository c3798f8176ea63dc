export * from './outbox.channel';
