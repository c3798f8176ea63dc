import { channelProblems, channelSchema } from '@tocsin/channels';
import { parseSettings } from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';
import { bootstrapSchema, clusterSchema } from '@tocsin/platform/nest';

export const oncallSchema = { ...clusterSchema('oncall'), ...channelSchema, ...bootstrapSchema } as const;

export type OncallSettings = Settings<typeof oncallSchema>;

/** @throws SettingsInvalid with everything that is wrong */
export const readSettings = (env: Readonly<Record<string, string | undefined>> = process.env): OncallSettings =>
  parseSettings(oncallSchema, env, channelProblems);
