export * from './telegram-bot';
