import { channelProblems, channelSchema } from '@tocsin/channels';
import { parseSettings } from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';
import { clusterSchema } from '@tocsin/platform/nest';

const schema = { ...clusterSchema('escalation'), ...channelSchema } as const;

export type EscalationSettings = Settings<typeof schema>;

/** @throws SettingsInvalid with everything that is wrong */
export const readSettings = (env: Readonly<Record<string, string | undefined>> = process.env): EscalationSettings =>
  parseSettings(schema, env, channelProblems);
