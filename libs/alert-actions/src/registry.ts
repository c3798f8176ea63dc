import { AllowedTargets, Outgoing } from '@tocsin/platform';
import type { ActionKind } from './action-kind';
import { chat } from './chat/chat';
import type { Chats } from './chat/chat';
import { email } from './email/email';
import type { Mail } from './email/email';
import { github } from './github/github';
import { jira } from './jira/jira';
import { reroute } from './reroute/reroute';
import type { Reroutes } from './reroute/reroute';
import { servicenow } from './servicenow/servicenow';
import { slack } from './slack/slack';
import type { SlackChannels } from './slack/slack';
import { webhook } from './webhook/webhook';
import { zendesk } from './zendesk/zendesk';

export interface ActionSettings {
  /** For URLs that people choose. */
  readonly outgoing: Outgoing;
  readonly githubApiBaseUrl: string;
}

/** What actions use that is there for other things as well. */
export interface ActionMeans {
  readonly mail: Mail;
  readonly slack: SlackChannels;
  readonly chats: Chats;
  readonly reroutes: Reroutes;
}

/** All kinds there are. */
export const actionKinds = (
  { outgoing, githubApiBaseUrl }: ActionSettings,
  { mail, slack: channels, chats, reroutes }: ActionMeans,
): readonly ActionKind[] => [
  webhook(outgoing),
  email(mail),
  reroute(reroutes),
  slack(channels),
  chat('discord', outgoing, chats),
  chat('mattermost', outgoing, chats),
  jira(outgoing),
  servicenow(outgoing),
  zendesk(outgoing),
  github(trusted(githubApiBaseUrl), githubApiBaseUrl),
];

/** Lists of what is there hold whole texts. */
const MOST_BYTES = 4_194_304;

/** The address is the operator's own word, wherever it leads. */
const trusted = (base: string): Outgoing => new Outgoing({ allowed: AllowedTargets.from([new URL(base).origin]), mostBytes: MOST_BYTES });
