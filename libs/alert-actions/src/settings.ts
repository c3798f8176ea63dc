import { AllowedTargets, Outgoing, outgoingSchema, urlSetting } from '@tocsin/platform';
import type { Settings } from '@tocsin/platform';
import type { ActionSettings } from './registry';

/** What alert actions are told, the same in both profiles. */
export const alertActionsSchema = {
  ...outgoingSchema,
  githubApiBaseUrl: urlSetting('GITHUB_API_BASE_URL', {
    about: "GitHub's API, or that of a GitHub Enterprise server, https://host/api/v3",
    usual: 'https://api.github.com',
  }),
} as const;

export const actionSettings = ({ outgoingAllow, ...addresses }: Settings<typeof alertActionsSchema>): ActionSettings => ({
  outgoing: new Outgoing({ allowed: AllowedTargets.from(outgoingAllow) }),
  ...addresses,
});
