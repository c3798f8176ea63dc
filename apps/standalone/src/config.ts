import { alertActionsSchema } from '@tocsin/alert-actions';
import { retentionSetting } from '@tocsin/alerts';
import { channelProblems, channelSchema } from '@tocsin/channels';
import { emailAddressProblem } from '@tocsin/domain';
import {
  checked,
  choiceSetting,
  heartbeatSchema,
  optional,
  parseSettings,
  portSetting,
  secretKeyProblem,
  secretSetting,
  textSetting,
  tracingSchema,
  urlSetting,
} from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';

export const standaloneSchema = {
  profile: choiceSetting('TOCSIN_PROFILE', ['embedded', 'cluster'], {
    about: 'embedded: one process and one data directory; cluster: five services over servers',
    usual: 'embedded',
  }),
  port: portSetting('TOCSIN_PORT', { about: 'where the standalone listens; 0 takes any free port', usual: 8080 }),
  host: textSetting('TOCSIN_HOST', { about: 'address to listen on', usual: '127.0.0.1' }),
  dataDirectory: textSetting('TOCSIN_DATA_DIR', { about: 'everything the embedded profile keeps', usual: './data' }),
  retentionDays: retentionSetting,
  publicUrl: optional(urlSetting('TOCSIN_PUBLIC_URL', { about: 'base of links and call-backs; without it the listening URL' })),
  secretKey: optional(
    checked(
      secretSetting('TOCSIN_SECRET_KEY', {
        about: 'signs links and encrypts stored secrets; newest first while rotating; without it one is made in the data directory',
      }),
      secretKeyProblem,
    ),
  ),
  bootstrapApiKey: optional(
    secretSetting('TOCSIN_BOOTSTRAP_API_KEY', {
      about: "the administrator's API key on a first start; without it one is generated and printed once",
    }),
  ),
  bootstrapEmail: checked(
    textSetting('TOCSIN_BOOTSTRAP_EMAIL', { about: "the administrator's e-mail address on a first start", usual: 'admin@localhost' }),
    emailAddressProblem,
  ),
  logLevel: choiceSetting('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    about: 'least level that is logged',
    usual: 'warn',
  }),
  ...alertActionsSchema,
  ...heartbeatSchema,
  ...tracingSchema,
  ...channelSchema,
} as const;

export type StandaloneSettings = Settings<typeof standaloneSchema>;

/** @throws SettingsInvalid with everything that is wrong */
export const readSettings = (env: Readonly<Record<string, string | undefined>> = process.env): StandaloneSettings =>
  parseSettings(standaloneSchema, env, channelProblems);
