import type { Outgoing, OutgoingRequest } from '@tocsin/platform';
import type { ActionCall, ActionKind, ActionOutcome } from '../action-kind';
import { refuseBadUrl } from '../called-url';
import { outcomeOfAnswer, outcomeOfError } from '../heard';
import { invalidParam } from '../params';
import type { Params, ParamsDefinition } from '../params';

export type ChatName = 'discord' | 'mattermost';

/** Chats are written to as people's own rooms in them are. */
export interface Chats {
  /** What is wrong with the address of a room; undefined when the chat may have given it out. */
  problem(chat: ChatName, url: string): string | undefined;
  /** How a room is told what happened to an alert. */
  request(chat: ChatName, url: string, call: ActionCall): OutgoingRequest;
}

/** A message in a channel for everything that sets the action off. Its connector is the channel, whose address is the secret. */
export const chat = (name: ChatName, outgoing: Outgoing, chats: Chats): ActionKind => ({
  type: name,
  connector: { type: name, params: roomParams(name, outgoing, chats) },
  params: { properties: {}, required: [], secret: [] },
  run: (call) => run(name, outgoing, chats, call),
});

const roomParams = (name: ChatName, outgoing: Outgoing, chats: Chats): ParamsDefinition => ({
  properties: { url: { type: 'string', maxLength: 2_048 } },
  required: ['url'],
  // Whoever knows it can write there.
  secret: ['url'],
  complete: async (params: Params): Promise<Params> => {
    const url = String(params['url']);
    const problem = chats.problem(name, url);
    if (problem !== undefined) throw invalidParam('url', problem);
    await refuseBadUrl(outgoing, 'url', url);
    return params;
  },
});

const run = async (name: ChatName, outgoing: Outgoing, chats: Chats, call: ActionCall): Promise<ActionOutcome> => {
  const { url } = call.connectorParams as { readonly url: string };
  try {
    return outcomeOfAnswer(await outgoing.send(chats.request(name, url, call)));
  } catch (error) {
    return outcomeOfError(error);
  }
};
