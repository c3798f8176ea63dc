import { channelProblems, channelSchema } from '@tocsin/channels';
import { optional, parseSettings, textSetting } from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';
import { clusterSchema } from '@tocsin/platform/nest';
import { retentionSetting } from './retention-setting';

export const alertsSchema = {
  ...clusterSchema('alerts'),
  ...channelSchema,
  retentionDays: retentionSetting,
  archiveDirectory: optional(
    textSetting('TOCSIN_ARCHIVE_DIR', { about: 'where alerts are exported to before they are removed; without it none is removed' }),
  ),
} as const;

export type AlertsSettings = Settings<typeof alertsSchema>;

/** @throws SettingsInvalid with everything that is wrong */
export const readSettings = (env: Readonly<Record<string, string | undefined>> = process.env): AlertsSettings =>
  parseSettings(alertsSchema, env, channelProblems);
