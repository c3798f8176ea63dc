import type { LogFilterType } from '@tocsin/contracts';
import type { SlackAct, SlackPostEvent } from '@tocsin/domain';
import { iso, untold, vars } from './log-entry';
import type { TimelineLine } from './log-entry';

const CONNECTORS: readonly LogFilterType[] = ['CONNECTOR_EVENTS'];

const actTexts: Readonly<Record<SlackAct, { readonly en: string; readonly de: string }>> = {
  post: { en: 'the message', de: 'die Nachricht' },
  edit: { en: 'the edit of the message', de: 'die Änderung der Nachricht' },
  update: { en: 'an update in the thread', de: 'eine Meldung im Thread' },
};

/** Where the alert appears in Slack, and why it does not; `channels`: of each link. Edits and threads are told when they fail for good. */
export const slackLines = (event: SlackPostEvent, channels: ReadonlyMap<number, string>): readonly TimelineLine[] => {
  // What becomes of pages, their notifications tell.
  if (event.data.linkId < 0) return [];
  const channel = channels.get(event.data.linkId) ?? `#${event.data.linkId}`;
  const line = (logEntryType: string, values: Parameters<typeof vars>[0], en: string, de: string): readonly TimelineLine[] => [
    {
      at: event.data.at,
      logEntryType,
      filterTypes: CONNECTORS,
      vars: vars({ type: 'slack', channelId: channel, ...values }),
      text: { en: `Slack channel ${channel}: ${en}`, de: `Slack-Kanal ${channel}: ${de}` },
    },
  ];
  switch (event.type) {
    case 'SlackPosted':
      return line('AlertActionSuccessLogEntry', {}, 'the alert is shown', 'der Alarm wird gezeigt');
    case 'SlackAttemptFailed': {
      const { act, attempt, reason, dueAt } = event.data;
      if (act !== 'post') return [];
      return line(
        'AlertActionErrorLogEntry',
        { attempt, reason, retryAt: iso(dueAt ?? undefined) },
        `attempt ${attempt} failed (${reason}); again at ${iso(dueAt ?? undefined)}`,
        `Versuch ${attempt} fehlgeschlagen (${reason}); erneut um ${iso(dueAt ?? undefined)}`,
      );
    }
    case 'SlackHeldBack': {
      const { act, reason, dueAt } = event.data;
      if (act !== 'post') return [];
      return line(
        'AlertActionErrorLogEntry',
        { reason, until: iso(dueAt ?? undefined) },
        `held back until ${iso(dueAt ?? undefined)}: ${reason}`,
        `zurückgehalten bis ${iso(dueAt ?? undefined)}: ${reason}`,
      );
    }
    case 'SlackGivenUp': {
      const { act, reason } = event.data;
      return line(
        'AlertActionFailLogEntry',
        { reason },
        `${actTexts[act].en} was given up: ${reason}`,
        `${actTexts[act].de} wurde aufgegeben: ${reason}`,
      );
    }
    case 'SlackPageSent':
    case 'SlackPostPlanned':
    case 'SlackPostOutdated':
    case 'SlackPostEnded':
    case 'SlackUpdatePlanned':
    case 'SlackAttemptStarted':
    case 'SlackEdited':
    case 'SlackUpdated':
      return [];
    default:
      return untold(event);
  }
};
