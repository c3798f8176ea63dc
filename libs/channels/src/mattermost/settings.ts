import { providerOf } from '../chat-room';
import { mattermostChat } from './mattermost-chat';

export const mattermost = providerOf(mattermostChat);
