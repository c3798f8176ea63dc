import type { LogFilterType } from '@tocsin/contracts';
import type { AlertChannelAct, AlertChannelEvent } from '@tocsin/domain';
import { actorVars, iso, untold, vars } from './log-entry';
import type { Names, TimelineLine } from './log-entry';

type Texts = Readonly<Record<'en' | 'de', string>>;

const CONNECTORS: readonly LogFilterType[] = ['CONNECTOR_EVENTS'];

const givenUpTexts: Readonly<Record<AlertChannelAct, (who: string) => Texts>> = {
  create: () => ({ en: 'it was not made', de: 'er wurde nicht angelegt' }),
  describe: () => ({ en: 'its topic was not set', de: 'sein Thema wurde nicht gesetzt' }),
  invite: (who) => ({ en: `${who} was not invited`, de: `${who} wurde nicht eingeladen` }),
  detach: () => ({ en: 'nobody in it was told', de: 'niemandem darin wurde es gesagt' }),
  archive: () => ({ en: 'it was not archived', de: 'er wurde nicht archiviert' }),
};

/** The alert's own channel in Slack: that it is there, who is in it, and why not. */
export const alertChannelLines = (event: AlertChannelEvent, names: Names): readonly TimelineLine[] => {
  const line = (logEntryType: string, values: Parameters<typeof vars>[0], { en, de }: Texts): readonly TimelineLine[] => [
    {
      at: event.data.at,
      logEntryType,
      filterTypes: CONNECTORS,
      vars: vars({ type: 'slack', ...values }),
      text: { en: `Slack channel of the alert: ${en}`, de: `Slack-Kanal des Alarms: ${de}` },
    },
  ];
  switch (event.type) {
    case 'AlertChannelAskedFor': {
      const { by } = event.data;
      if (by.type !== 'user') return [];
      const who = names.actor(by);
      return line('AlertActionTriggeredLogEntry', { userId: by.userId }, { en: `asked for by ${who}`, de: `angefordert von ${who}` });
    }
    case 'AlertChannelMade': {
      const { channelId } = event.data;
      return line('AlertChannelAttachedByUserLogEntry', { channelId }, { en: `${channelId} was made`, de: `${channelId} wurde angelegt` });
    }
    case 'AlertChannelInvited': {
      const { userId } = event.data;
      const who = names.user(userId);
      return line('AlertActionSuccessLogEntry', { userId }, { en: `${who} was invited`, de: `${who} wurde eingeladen` });
    }
    case 'AlertChannelArchived':
      return line('AlertChannelDetachedByUserLogEntry', {}, { en: 'archived', de: 'archiviert' });
    case 'AlertChannelDetached': {
      const { by } = event.data;
      const who = names.actor(by);
      return line('AlertChannelDetachedByUserLogEntry', actorVars(by), { en: `detached by ${who}`, de: `gelöst durch ${who}` });
    }
    case 'AlertChannelAttemptFailed': {
      const { act, attempt, reason, dueAt } = event.data;
      if (act !== 'create') return [];
      const again = iso(dueAt ?? undefined);
      return line(
        'AlertActionErrorLogEntry',
        { attempt, reason, retryAt: again },
        {
          en: `attempt ${attempt} failed (${reason}); again at ${again}`,
          de: `Versuch ${attempt} fehlgeschlagen (${reason}); erneut um ${again}`,
        },
      );
    }
    case 'AlertChannelHeldBack': {
      const { reason, dueAt } = event.data;
      const until = iso(dueAt ?? undefined);
      return line(
        'AlertActionErrorLogEntry',
        { reason, until },
        { en: `held back until ${until}: ${reason}`, de: `zurückgehalten bis ${until}: ${reason}` },
      );
    }
    case 'AlertChannelGivenUp': {
      const { act, reason, userId } = event.data;
      const texts = givenUpTexts[act](userId === undefined ? '' : names.user(userId));
      return line('AlertActionFailLogEntry', { reason, userId }, { en: `${texts.en}: ${reason}`, de: `${texts.de}: ${reason}` });
    }
    case 'AlertChannelMembersJoined':
    case 'AlertChannelEnding':
    case 'AlertChannelAttempted':
    case 'AlertChannelDescribed':
    case 'AlertChannelDetachmentTold':
      return [];
    default:
      return untold(event);
  }
};
