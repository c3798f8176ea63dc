export * from './action-kind';
export type { ChatName, Chats } from './chat/chat';
export type { Mail, MailOutcome } from './email/email';
export { checkedParams } from './params';
export type { Params, ParamsDefinition } from './params';
export { actionKinds } from './registry';
export type { ActionMeans, ActionSettings } from './registry';
export { actionSettings, alertActionsSchema } from './settings';
export type { SlackChannels } from './slack/slack';
