import { checked, listSetting, optional, secretSetting, urlSetting } from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';
import type { ChatBot } from '../chat-bot';
import { stateOf } from '../provider';
import type { Provider } from '../provider';

/** What Telegram takes as one. */
const SECRET = /^[A-Za-z0-9_-]{1,256}$/;

export const TELEGRAM_PAGES_AT_ONCE = 25;

const schema = {
  telegramBotToken: optional(secretSetting('TELEGRAM_BOT_TOKEN', { about: "the bot's token, as BotFather gives it" })),
  telegramWebhookSecrets: checked(
    listSetting('TELEGRAM_WEBHOOK_SECRET', {
      about: 'what Telegram shows with each call-back, as it was told with setWebhook; several while rotating',
      usual: [],
      secret: true,
    }),
    (secrets) => (secrets.every((secret) => SECRET.test(secret)) ? undefined : 'must be 1 to 256 letters, digits, _ and - each'),
  ),
  telegramApiBaseUrl: urlSetting('TELEGRAM_API_BASE_URL', { about: 'where the Bot API is', usual: 'https://api.telegram.org' }),
} as const;

export const telegram: Provider<typeof schema> = {
  name: 'telegram',
  methods: ['TELEGRAM'],
  schema,
  needs: [['telegramBotToken', 'telegramWebhookSecrets']],
  atOnce: () => TELEGRAM_PAGES_AT_ONCE,
  /** Whoever opens the bot, which takes answers as well, has its messages, too. */
  open: () => Promise.resolve([]),
};

/** Undefined when it is off. */
export const openTelegramBot = async (settings: Settings<typeof schema>): Promise<ChatBot | undefined> => {
  if (!stateOf(telegram, settings).on) return undefined;
  const { telegramBotToken: token = '', telegramWebhookSecrets: secrets, telegramApiBaseUrl: baseUrl } = settings;
  const { TelegramBot } = await import('./index.js');
  return new TelegramBot({ token, secrets, baseUrl });
};
