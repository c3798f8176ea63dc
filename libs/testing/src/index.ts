export * from './heartbeat-monitor';
export * from './kafka-broker';
export * from './mail-server';
export * from './mongodb-server';
export * from './slack/slack-server';
export type { SlackBlock, SlackChannel, SlackMessage, SlackPerson, SlackView } from './slack/slack-team';
export * from './standalone-process';
export * from './tcp-proxy';
export * from './trace-collector';
