export * from './smtp.channel';
