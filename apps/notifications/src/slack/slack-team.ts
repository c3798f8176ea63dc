import type { SlackWorkspace } from '@tocsin/channels';
import type { SlackWorkspace as Installed } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { SecretUnreadable } from '@tocsin/platform';
import type { SecretBox } from '@tocsin/platform';

/** Which workspace is ours: the one that a token was set up for by hand, or the one that the app was installed in. */
export class SlackTeam {
  private asked: string | undefined;

  constructor(
    private readonly workspace: SlackWorkspace,
    private readonly configuration: ConfigurationReader,
    private readonly isSetUpByHand: boolean,
  ) {}

  /** Undefined: none, or it cannot be said now. */
  async id(): Promise<string | undefined> {
    if (!this.isSetUpByHand) return installedIn(this.configuration)?.teamId;
    if (this.asked === undefined) {
      const team = await this.workspace.team();
      if (team.ok) this.asked = team.value.teamId;
    }
    return this.asked;
  }
}

export const installedIn = (configuration: ConfigurationReader): Installed | undefined =>
  configuration.list('slackworkspace').find(({ active }) => active);

/** As it is now: an installation brings one while we run. */
export const tokenOf = (byHand: string | undefined, configuration: ConfigurationReader, secrets: SecretBox): string | undefined => {
  if (byHand !== undefined) return byHand;
  const installed = installedIn(configuration);
  if (installed === undefined) return undefined;
  try {
    return secrets.decrypt(installed.tokenCipher);
  } catch (error) {
    // Its key was lost: the app has to be installed again, which its calls say.
    if (error instanceof SecretUnreadable) return undefined;
    throw error;
  }
};
