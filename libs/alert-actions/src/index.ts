export * from './action-kind';
export { checkedParams } from './params';
export type { Params, ParamsDefinition } from './params';
export { actionKinds } from './registry';
export type { ActionSettings } from './registry';
export { actionSettings, alertActionsSchema } from './settings';
