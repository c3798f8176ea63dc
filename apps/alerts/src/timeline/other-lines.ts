import type { LogFilterType } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type {
  BroughtForwardReason,
  CancelReason,
  EscalationEvent,
  HeldBackReason,
  NotificationEvent,
  NotificationEventOf,
  NotificationPurpose,
  UnusableReason,
} from '@tocsin/domain';
import { iso, untold, vars } from './log-entry';
import type { Names, TimelineLine } from './log-entry';

const NOTIFICATIONS: readonly LogFilterType[] = ['NOTIFICATIONS'];
const UPDATE: readonly LogFilterType[] = ['ALERT_UPDATES'];

/** What the escalation says: a level that became due, or that was left. The alert's own stream says whom one led to. */
export const escalationLines = (event: EscalationEvent): readonly TimelineLine[] => {
  if (event.type !== 'LevelDue' && event.type !== 'LevelUnresolved') return [];
  const { at, step, dueAt } = event.data;
  const level = step.level + 1;
  const values = { round: String(step.round), pass: String(step.pass), level: String(level), dueAt: toIso(dueAt) };
  const line = (logEntryType: string, en: string, de: string): readonly TimelineLine[] => {
    const pass = step.pass > 1 ? { en: `, pass ${step.pass}`, de: `, Durchlauf ${step.pass}` } : { en: '', de: '' };
    return [{ at, logEntryType, filterTypes: UPDATE, vars: values, text: { en: `${en}${pass.en}`, de: `${de}${pass.de}` } }];
  };
  return event.type === 'LevelDue'
    ? line('AlertEscalatedToLevelLogEntry', `Level ${level} is due`, `Stufe ${level} ist fällig`)
    : line(
        'LevelUnresolvedLogEntry',
        `Whom level ${level} leads to was not found out in time, the escalation goes on`,
        `Zu wem Stufe ${level} führt, war nicht rechtzeitig bekannt, die Eskalation geht weiter`,
      );
};

const cancelTexts: Readonly<Record<CancelReason, { readonly en: string; readonly de: string }>> = {
  accepted: { en: 'the alert was accepted', de: 'der Alarm wurde angenommen' },
  resolved: { en: 'the alert was resolved', de: 'der Alarm wurde gelöst' },
  escalated: { en: 'the person escalated it', de: 'die Person hat eskaliert' },
  reassigned: { en: 'the alert was assigned to somebody else', de: 'der Alarm wurde anders zugewiesen' },
  'responder-removed': { en: 'the person is no responder any more', de: 'die Person ist nicht mehr zuständig' },
  'preference-changed': { en: 'the preference was changed', de: 'die Regel wurde geändert' },
  'contact-removed': { en: 'the contact is gone', de: 'den Kontakt gibt es nicht mehr' },
  'contact-blacklisted': { en: 'the contact takes no more messages', de: 'der Kontakt nimmt keine Nachrichten mehr an' },
  'user-deleted': { en: 'the person was deleted', de: 'die Person wurde gelöscht' },
  muted: { en: 'the person muted notifications', de: 'die Person hat stummgeschaltet' },
  merged: { en: 'a newer page to the same contact replaces it', de: 'eine neuere Nachricht an denselben Kontakt ersetzt sie' },
  'shift-changed': { en: "the shift is somebody else's now", de: 'die Schicht hat jetzt jemand anderes' },
  expired: { en: 'it was of no use any more', de: 'sie hätte nichts mehr genützt' },
};

const broughtForwardTexts: Readonly<Record<BroughtForwardReason, { readonly en: string; readonly de: string }>> = {
  'no-receipt': { en: 'since no receipt came for the method before it', de: 'weil für den Weg davor keine Bestätigung kam' },
  failed: { en: 'since the method before it failed', de: 'weil der Weg davor fehlgeschlagen ist' },
  'line-busy': { en: 'since the telephone is in another call', de: 'weil das Telefon in einem anderen Anruf ist' },
  'provider-busy': {
    en: 'since the provider of the method before it has too many messages under way',
    de: 'weil beim Anbieter für den Weg davor zu viele Nachrichten auf einmal unterwegs sind',
  },
  'line-free': { en: 'since the call before it is over', de: 'weil der Anruf davor vorbei ist' },
};

/** Why a preference led to nothing, or does not yet; other reasons are told as they are. */
const holdTexts: Readonly<Record<UnusableReason | HeldBackReason | 'no-preference', { readonly en: string; readonly de: string }>> = {
  muted: { en: 'the person muted notifications', de: 'die Person hat stummgeschaltet' },
  'no-provider': { en: 'no provider is set up for it', de: 'dafür ist kein Anbieter eingerichtet' },
  'no-device': { en: 'push is switched on for no device', de: 'Push ist auf keinem Gerät eingeschaltet' },
  'no-slack-account': { en: 'no Slack account is linked', de: 'kein Slack-Konto ist verbunden' },
  'no-chat-account': { en: 'no account is linked there', de: 'dort ist kein Konto verbunden' },
  'chat-account-closed': { en: 'its account takes no more messages', de: 'ihr Konto nimmt keine Nachrichten mehr an' },
  'contact-missing': { en: 'its contact is gone', de: 'ihren Kontakt gibt es nicht mehr' },
  'contact-of-other-kind': { en: 'its contact is of another kind', de: 'ihr Kontakt ist von anderer Art' },
  'contact-not-verified': { en: 'its contact is not verified', de: 'ihr Kontakt ist nicht bestätigt' },
  'contact-locked': { en: 'its contact is locked', de: 'ihr Kontakt ist gesperrt' },
  'contact-blacklisted': { en: 'its contact takes no more messages', de: 'ihr Kontakt nimmt keine Nachrichten mehr an' },
  'no-preference': {
    en: 'the person has no notification preference for this priority',
    de: 'die Person hat keine Benachrichtigungsregel für diese Priorität',
  },
  'line-busy': { en: 'another call to that number is under way', de: 'ein anderer Anruf an diese Nummer läuft gerade' },
  'provider-busy': {
    en: 'its provider has as many messages under way as it takes at once',
    de: 'bei ihrem Anbieter sind so viele Nachrichten unterwegs, wie er auf einmal annimmt',
  },
  bundled: {
    en: 'more came at once than can be read, it goes out in one message with others',
    de: 'es kam mehr auf einmal, als man lesen kann, sie geht mit anderen zusammen hinaus',
  },
  identical: {
    en: 'the person got the same one there less than four minutes before',
    de: 'die Person hat dort dieselbe vor weniger als vier Minuten bekommen',
  },
};

const holdText = (reason: string): { readonly en: string; readonly de: string } =>
  (holdTexts as Readonly<Record<string, { readonly en: string; readonly de: string }>>)[reason] ?? { en: reason, de: reason };

/** What is no page is called by its name. */
const kindTexts: Readonly<Partial<Record<NotificationPurpose, { readonly en: string; readonly de: string }>>> = {
  update: { en: 'Status update, ', de: 'Statusmeldung, ' },
  subscription: { en: 'Subscription, ', de: 'Abonnement, ' },
};

/** What one event of a notification says; `planned` is the first event of its stream. */
export const notificationLines = (
  event: NotificationEvent,
  planned: NotificationEventOf<'NotificationPlanned'>['data'],
  names: Names,
): readonly TimelineLine[] => {
  const what = `${planned.method} ${names.user(planned.userId)}`;
  const kind = kindTexts[planned.purpose] ?? { en: '', de: '' };
  const known = {
    notificationId: planned.notificationId,
    userId: planned.userId,
    method: planned.method,
    preferenceId: planned.preferenceId,
  };
  const line = (values: Readonly<Record<string, string | number | undefined>>, en: string, de: string): readonly TimelineLine[] => [
    {
      at: event.data.at,
      logEntryType: 'NotificationLogEntry',
      filterTypes: NOTIFICATIONS,
      vars: vars({ ...known, ...values }),
      text: { en: `${kind.en}${what}: ${en}`, de: `${kind.de}${what}: ${de}` },
    },
  ];
  switch (event.type) {
    case 'NotificationPlanned': {
      const { at, dueAt } = event.data;
      const when = dueAt <= at ? { en: 'at once', de: 'sofort' } : { en: `for ${iso(dueAt)}`, de: `für ${iso(dueAt)}` };
      return line({ state: 'planned', dueAt: iso(dueAt) }, `planned ${when.en}`, `${when.de} geplant`);
    }
    case 'AttemptStarted': {
      const { attempt, provider, lateMs, bundle } = event.data;
      const late = Math.round(lateMs / 1_000);
      // A first attempt in time is followed by its outcome; only what is out of the ordinary is worth a line of its own.
      const others = (bundle?.size ?? 1) - 1;
      if (attempt === 1 && late < 2 && others === 0) return [];
      const isCall = planned.method === 'VOICE';
      const together =
        others === 0
          ? { en: '', de: '' }
          : {
              en: `, in one ${isCall ? 'call' : 'message'} with ${others} ${others === 1 ? 'other' : 'others'}`,
              de: `, in ${isCall ? 'einem Anruf' : 'einer Nachricht'} mit ${others} anderen`,
            };
      const lateness = late < 2 ? { en: '', de: '' } : { en: `, ${late} s late`, de: `, ${late} s zu spät` };
      return line(
        { state: 'attempting', attempt, provider, ...(late < 2 ? {} : { lateSec: late }), bundle: bundle?.id },
        `attempt ${attempt} through ${provider}${together.en}${lateness.en}`,
        `Versuch ${attempt} über ${provider}${together.de}${lateness.de}`,
      );
    }
    case 'HandedOver': {
      const { provider, possiblyDuplicate } = event.data;
      const twice = possiblyDuplicate ? { en: ', possibly a duplicate', de: ', möglicherweise doppelt' } : { en: '', de: '' };
      return line({ state: 'handed-over', provider }, `handed over to ${provider}${twice.en}`, `an ${provider} übergeben${twice.de}`);
    }
    case 'Delivered':
      return line(
        { state: 'delivered', provider: event.data.provider },
        `delivered by ${event.data.provider}`,
        `von ${event.data.provider} zugestellt`,
      );
    case 'AttemptFailed': {
      const { reason, attempt, retryAt, provider } = event.data;
      return line(
        { state: 'retrying', attempt, provider, reason, retryAt: iso(retryAt) },
        `attempt ${attempt} failed (${reason}); again at ${iso(retryAt)}`,
        `Versuch ${attempt} fehlgeschlagen (${reason}); erneut um ${iso(retryAt)}`,
      );
    }
    case 'ReceiptOverdue': {
      const { provider } = event.data;
      return line(
        { state: 'handed-over', provider, reason: 'receipt-overdue' },
        `no receipt from ${provider} in its usual time`,
        `keine Bestätigung von ${provider} in der üblichen Zeit`,
      );
    }
    case 'NotificationBroughtForward': {
      const why = broughtForwardTexts[event.data.because];
      return line(
        { state: 'planned', dueAt: iso(event.data.dueAt), reason: event.data.because },
        `sent now, ${why.en}`,
        `jetzt gesendet, ${why.de}`,
      );
    }
    case 'NotificationFailed':
      return line({ state: 'failed', reason: event.data.reason }, `failed: ${event.data.reason}`, `fehlgeschlagen: ${event.data.reason}`);
    case 'NotificationCancelled': {
      const { reason, possiblyHandedOver } = event.data;
      const crossed = possiblyHandedOver
        ? { en: '; it may have been sent already', de: '; sie war vielleicht schon unterwegs' }
        : { en: '', de: '' };
      return line(
        { state: 'cancelled', reason },
        `cancelled, ${cancelTexts[reason].en}${crossed.en}`,
        `abgebrochen, ${cancelTexts[reason].de}${crossed.de}`,
      );
    }
    case 'NotificationHeld': {
      const { reason, until, bundle } = event.data;
      const why = holdText(reason);
      const verb = until === undefined ? { en: 'not sent', de: 'nicht gesendet' } : { en: 'held back', de: 'zurückgehalten' };
      const when = until === undefined ? { en: '', de: '' } : { en: ` until ${iso(until)}`, de: ` bis ${iso(until)}` };
      return line(
        { state: 'held', reason, until: iso(until), bundle },
        `${verb.en}${when.en}: ${why.en}`,
        `${verb.de}${when.de}: ${why.de}`,
      );
    }
    default:
      return untold(event);
  }
};
