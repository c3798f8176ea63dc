import type { Chat } from './chat-room';
import { discordChat } from './discord/discord-chat';
import { mattermostChat } from './mattermost/mattermost-chat';

/** All whose rooms have addresses, by the names of their providers. */
export const chats = { discord: discordChat, mattermost: mattermostChat } as const satisfies Readonly<Record<string, Chat>>;
