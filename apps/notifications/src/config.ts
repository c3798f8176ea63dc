import { alertActionsSchema } from '@tocsin/alert-actions';
import { channelProblems, channelSchema } from '@tocsin/channels';
import { parseSettings } from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';
import { clusterSchema } from '@tocsin/platform/nest';

const schema = { ...clusterSchema('notifications'), ...channelSchema, ...alertActionsSchema } as const;

export type NotificationsSettings = Settings<typeof schema>;

/** @throws SettingsInvalid with everything that is wrong */
export const readSettings = (env: Readonly<Record<string, string | undefined>> = process.env): NotificationsSettings =>
  parseSettings(schema, env, channelProblems);
