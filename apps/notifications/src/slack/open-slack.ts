import { openSlackWorkspace } from '@tocsin/channels';
import type { SlackSettings, SlackWorkspace } from '@tocsin/channels';
import type { Platform } from '@tocsin/platform';
import { tokenOf } from './slack-team';

export interface SlackSetUp {
  readonly workspace: SlackWorkspace;
  /** A token in the settings; there is nothing to install then. */
  readonly isSetUpByHand: boolean;
}

/** What the module is given to work with Slack; nothing when it is off. */
export const openSlack = async (
  settings: SlackSettings,
  { configuration, secrets }: Platform,
): Promise<{ readonly slack?: SlackSetUp }> => {
  const byHand = settings.slackBotToken;
  const workspace = await openSlackWorkspace(settings, () => tokenOf(byHand, configuration, secrets));
  return workspace === undefined ? {} : { slack: { workspace, isSetUpByHand: byHand !== undefined } };
};
