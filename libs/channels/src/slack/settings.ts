import { listSetting, optional, secretSetting, textSetting, urlSetting } from '@tocsin/platform';
import type { Setting, Settings } from '@tocsin/platform';
import type { Provider } from '../provider';
import { stateOf } from '../provider';
import type { SlackWorkspace } from '../slack-workspace';

const secretList = (setting: Setting<readonly string[]>): Setting<readonly string[]> => ({ ...setting, secret: true });

/** Alerts in channels are counted apart. */
export const SLACK_PAGES_AT_ONCE = 20;

const schema = {
  slackBotToken: optional(
    secretSetting('SLACK_BOT_TOKEN', { about: "the bot's token, of an app that was set up by hand in one workspace" }),
  ),
  slackClientId: optional(
    textSetting('SLACK_CLIENT_ID', { about: 'to be installed in a workspace by an administrator, instead of a token' }),
  ),
  slackClientSecret: optional(secretSetting('SLACK_CLIENT_SECRET', { about: 'goes with SLACK_CLIENT_ID' })),
  slackSigningSecrets: secretList(
    listSetting('SLACK_SIGNING_SECRET', { about: "Slack's signature on what it sends; several while rotating", usual: [] }),
  ),
  slackApiBaseUrl: urlSetting('SLACK_API_BASE_URL', { about: 'where Slack answers', usual: 'https://slack.com' }),
} as const;

export const slack: Provider<typeof schema> = {
  name: 'slack',
  methods: ['SLACK'],
  schema,
  needs: [
    ['slackSigningSecrets', 'slackBotToken'],
    ['slackSigningSecrets', 'slackClientId', 'slackClientSecret'],
  ],
  atOnce: () => SLACK_PAGES_AT_ONCE,
  /** Whoever opens the workspace, which shows alerts in channels as well, has its direct messages, too. */
  open: () => Promise.resolve([]),
};

export type SlackSettings = Settings<typeof schema>;

/** Undefined when it is off. Loads the driver. `token`: the bot's, as it is now. */
export const openSlackWorkspace = async (settings: SlackSettings, token: () => string | undefined): Promise<SlackWorkspace | undefined> => {
  if (!stateOf(slack, settings).on) return undefined;
  const { slackApiBaseUrl: baseUrl, slackSigningSecrets: signingSecrets, slackClientId: id, slackClientSecret: secret } = settings;
  const { WebApiWorkspace } = await import('./index.js');
  return new WebApiWorkspace({
    ...{ baseUrl, signingSecrets, token },
    ...(id === undefined || secret === undefined ? {} : { client: { id, secret } }),
  });
};
