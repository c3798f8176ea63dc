import { providerOf } from '../chat-room';
import { discordChat } from './discord-chat';

/** All rooms are on one host, which counts by room besides. */
export const discord = providerOf(discordChat, 25);
