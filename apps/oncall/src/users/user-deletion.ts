import { Clock, referencesToUser, refuseGaps, refuseWithoutAdmin, Rejection, withoutMember } from '@tocsin/domain';
import type { User, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { People } from './people';

/** A deleted person disappears (B33). What of it lasts longer than the request is finished by `UserErasure`. */
export class UserDeletion {
  constructor(
    private readonly parts: {
      readonly people: People;
      readonly configuration: ConfigurationReader;
      readonly configurationStore: ConfigurationStore;
      readonly clock: Clock;
    },
  ) {}

  /** @throws Rejection `still-in-use` for the last administrator, and with the list of what names the person; EventStoreFault */
  async delete({ id }: User, gapsConfirmed: boolean, context: ChangeContext): Promise<void> {
    const { people, configuration, configurationStore, clock } = this.parts;
    const allowed = (user: User): void => {
      refuseWithoutAdmin(user, people.others(id));
      const referring = {
        policies: configuration.list('policy'),
        schedules: configuration.list('schedule'),
        teams: configuration.list('team'),
      };
      refuseGaps(referencesToUser(id, referring, clock.now()), gapsConfirmed);
    };
    await configurationStore.remove('user', id, allowed, context);
    await this.release(id, context);
  }

  /** Takes back the keys of somebody who is gone, and their place in teams; again changes nothing. @throws EventStoreFault, MessageBusFault */
  async release(userId: UserId, context: ChangeContext): Promise<void> {
    const { configuration, configurationStore } = this.parts;
    for (const { id } of configuration.list('apikey').filter((key) => key.userId === userId)) {
      await ifThere(configurationStore.remove('apikey', id, () => undefined, context));
    }
    for (const { id } of configuration.list('team').filter(({ members }) => members.some((member) => member.userId === userId))) {
      await ifThere(configurationStore.change('team', id, (team, now) => withoutMember(team, userId, now), context));
    }
  }
}

/** Somebody else was faster, or this is the second time. */
const ifThere = async (change: Promise<unknown>): Promise<void> => {
  try {
    await change;
  } catch (error) {
    if (!(error instanceof Rejection) || error.code !== 'not-found') throw error;
  }
};
