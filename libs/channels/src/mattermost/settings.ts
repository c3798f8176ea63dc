import { providerOf } from '../chat-room';
import { mattermostChat } from './mattermost-chat';

/** With one server. */
export const mattermost = providerOf(mattermostChat, 10);
