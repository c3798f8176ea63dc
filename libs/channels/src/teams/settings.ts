import { listSetting, optional, secretSetting, textSetting, urlSetting } from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';
import type { ChatBot } from '../chat-bot';
import { stateOf } from '../provider';
import type { Provider } from '../provider';

export const TEAMS_PAGES_AT_ONCE = 25;

const schema = {
  teamsAppId: optional(textSetting('TEAMS_APP_ID', { about: "the bot's app id in Microsoft Entra" })),
  teamsAppPassword: optional(secretSetting('TEAMS_APP_PASSWORD', { about: 'a client secret of that app' })),
  teamsTenantId: optional(textSetting('TEAMS_TENANT_ID', { about: 'the tenant whose people the bot talks to, and no others' })),
  teamsLoginBaseUrl: urlSetting('TEAMS_LOGIN_BASE_URL', {
    about: 'where the bot signs in',
    usual: 'https://login.microsoftonline.com',
  }),
  teamsJwksUrl: urlSetting('TEAMS_JWKS_URL', {
    about: "where the Bot Connector's public keys are",
    usual: 'https://login.botframework.com/v1/.well-known/keys',
  }),
  teamsServiceUrls: listSetting('TEAMS_SERVICE_URLS', {
    about: 'where Teams may be: the bot writes nowhere else, whatever a call-back says',
    usual: ['https://smba.trafficmanager.net'],
  }),
} as const;

export const teams: Provider<typeof schema> = {
  name: 'teams',
  methods: ['TEAMS'],
  schema,
  needs: [['teamsAppId', 'teamsAppPassword', 'teamsTenantId']],
  atOnce: () => TEAMS_PAGES_AT_ONCE,
  /** Whoever opens the bot, which takes answers as well, has its messages, too. */
  open: () => Promise.resolve([]),
};

/** Undefined when it is off. Loads the driver. */
export const openTeamsBot = async (settings: Settings<typeof schema>): Promise<ChatBot | undefined> => {
  if (!stateOf(teams, settings).on) return undefined;
  const { teamsAppId: appId = '', teamsAppPassword: appPassword = '', teamsTenantId: tenantId = '' } = settings;
  const { teamsLoginBaseUrl: loginBaseUrl, teamsJwksUrl: jwksUrl, teamsServiceUrls: serviceUrls } = settings;
  const { TeamsBot } = await import('./index.js');
  return new TeamsBot({ appId, appPassword, tenantId, loginBaseUrl, jwksUrl, serviceUrls });
};
