export * from './teams-bot';
