import { providerOf } from '../chat-room';
import { discordChat } from './discord-chat';

export const discord = providerOf(discordChat);
