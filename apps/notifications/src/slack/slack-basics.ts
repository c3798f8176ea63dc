import type { SlackWorkspace } from '@tocsin/channels';
import type { Platform } from '@tocsin/platform';
import type { SlackSetUp } from './open-slack';
import { SlackBudget } from './slack-budget';
import { SlackComposer } from './slack-composer';
import { SlackTeam } from './slack-team';

/** What everything that is shown in Slack shares: one workspace, and one account of how much is sent to it. */
export interface SlackBasics {
  readonly workspace: SlackWorkspace;
  readonly team: SlackTeam;
  readonly composer: SlackComposer;
  readonly budget: SlackBudget;
}

export const slackBasics = ({ configuration }: Platform, { workspace, isSetUpByHand }: SlackSetUp): SlackBasics => ({
  workspace,
  team: new SlackTeam(workspace, configuration, isSetUpByHand),
  composer: new SlackComposer(configuration),
  budget: new SlackBudget(),
});
