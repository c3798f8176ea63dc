import type { LogFilterType } from '@tocsin/contracts';
import type { ActionCancelReason, ActionEvent, ActionEventOf } from '@tocsin/domain';
import { iso, untold, vars } from './log-entry';
import type { Names, TimelineLine } from './log-entry';

type Texts = Readonly<Record<'en' | 'de', string>>;

const CONNECTORS: readonly LogFilterType[] = ['CONNECTOR_EVENTS'];

const cancelTexts: Readonly<Record<ActionCancelReason, Texts>> = {
  accepted: { en: 'the alert was accepted', de: 'der Alarm wurde angenommen' },
  resolved: { en: 'the alert was resolved', de: 'der Alarm wurde gelöst' },
  'action-deleted': { en: 'the action was deleted', de: 'die Aktion wurde gelöscht' },
  'switched-off': { en: 'the action was switched off for this', de: 'die Aktion wurde dafür abgeschaltet' },
  'once-per-alert': { en: 'it had done this for the alert', de: 'sie hatte das für den Alarm schon getan' },
  'conditions-not-met': { en: 'its conditions did not hold', de: 'ihre Bedingungen waren nicht erfüllt' },
  'alert-archived': { en: 'the alert is in the archive', de: 'der Alarm ist im Archiv' },
};

/** What an action did for the alert; `triggered`: what set off each of its runs. */
export const actionLines = (
  event: ActionEvent,
  triggered: ReadonlyMap<number, ActionEventOf<'ActionTriggered'>['data']>,
  names: Names,
): readonly TimelineLine[] => {
  const run = triggered.get(event.data.run);
  if (run === undefined) return [];
  const action = names.lookup.get('alertaction', run.actionId);
  const name = action?.name ?? `#${run.actionId}`;
  const known = { alertActionId: String(run.actionId), type: action?.type, triggerType: run.trigger, deliveryId: run.deliveryId };
  const line = (logEntryType: string, values: Parameters<typeof vars>[0], { en, de }: Texts): readonly TimelineLine[] => [
    {
      at: event.data.at,
      logEntryType,
      filterTypes: CONNECTORS,
      vars: vars({ ...known, ...values }),
      text: { en: `Action ${name}: ${en}`, de: `Aktion ${name}: ${de}` },
    },
  ];
  switch (event.type) {
    case 'ActionTriggered': {
      const { by, dueAt, at } = event.data;
      if (by?.type === 'user') {
        const who = names.actor(by);
        return line('AlertActionTriggeredLogEntry', { userId: by.userId }, { en: `asked for by ${who}`, de: `angefordert von ${who}` });
      }
      // What runs at once is followed by its outcome.
      if (dueAt <= at) return [];
      return line(
        'AlertActionTriggeredLogEntry',
        { dueAt: iso(dueAt) },
        { en: `planned for ${iso(dueAt)}`, de: `für ${iso(dueAt)} geplant` },
      );
    }
    case 'ActionHeldBack': {
      const { until } = event.data;
      return line(
        'AlertActionErrorLogEntry',
        { reason: 'overloaded', until: iso(until) },
        { en: `held back until ${iso(until)}: limits of the receiver`, de: `zurückgehalten bis ${iso(until)}: Grenzen des Empfängers` },
      );
    }
    case 'ActionAttempted':
      return [];
    case 'ActionAttemptFailed': {
      const { attempt, reason, status, retryAt } = event.data;
      const why = whyText(reason, status);
      return line(
        'AlertActionErrorLogEntry',
        { attempt, reason, status, retryAt: iso(retryAt) },
        {
          en: `attempt ${attempt} failed (${why}); again at ${iso(retryAt)}`,
          de: `Versuch ${attempt} fehlgeschlagen (${why}); erneut um ${iso(retryAt)}`,
        },
      );
    }
    case 'ActionSucceeded': {
      const { status, reference } = event.data;
      return line(
        'AlertActionSuccessLogEntry',
        { status, reference },
        {
          en: `done for ${run.trigger}${reference === undefined ? '' : `: ${reference}`}`,
          de: `ausgeführt für ${run.trigger}${reference === undefined ? '' : `: ${reference}`}`,
        },
      );
    }
    case 'ActionFailed': {
      const { reason, status } = event.data;
      const why = whyText(reason, status);
      return line(
        'AlertActionFailLogEntry',
        { reason, status },
        { en: `failed for ${run.trigger}: ${why}`, de: `fehlgeschlagen für ${run.trigger}: ${why}` },
      );
    }
    case 'ActionCancelled': {
      const { reason, possiblyDone } = event.data;
      const crossed = possiblyDone
        ? { en: '; it may have been done already', de: '; sie war vielleicht schon ausgeführt' }
        : { en: '', de: '' };
      return line(
        'AlertActionFailLogEntry',
        { state: 'cancelled', reason },
        { en: `cancelled, ${cancelTexts[reason].en}${crossed.en}`, de: `abgebrochen, ${cancelTexts[reason].de}${crossed.de}` },
      );
    }
    default:
      return untold(event);
  }
};

const whyText = (reason: string, status: number | undefined): string => (status === undefined ? reason : `${reason}, ${status}`);
