import { toIso } from '@tocsin/domain';
import type { GapReason, Instant, ReachabilityProblem, ResponderReason } from '@tocsin/domain';
import type { ResourceLookup } from './lookup';
import { publicUserRel } from './people';

export type TextLanguage = 'en' | 'de';

/**
 * Why a person became responder, as a phrase that ends a sentence: "Ana was paged: on call in Primary (layer Week)". Times are
 * UTC unless it is told whose they are to be.
 */
export const reasonText = (reason: ResponderReason, language: TextLanguage, textOf: (at: Instant) => string = toIso): string => {
  const german = language === 'de';
  switch (reason.type) {
    case 'direct':
      return german ? 'direkt in der Eskalationsstufe genannt' : 'named in the escalation level';
    case 'team':
      return german ? `Mitglied von Team ${reason.teamName}` : `member of team ${reason.teamName}`;
    case 'requested':
      return german ? 'von Hand hinzugefügt' : 'added by hand';
    case 'assigned':
      return german ? 'der Alarm wurde zugewiesen' : 'the alert was assigned';
    case 'fallback':
      return german ? 'Ersatzkontakt, weil sonst niemand erreichbar war' : 'fallback contact, because nobody else could be reached';
    case 'schedule': {
      const { onCall, scheduleName } = reason;
      const until = textOf(onCall.end);
      const by =
        onCall.type === 'override'
          ? german
            ? 'durch eine Vertretung'
            : 'by an override'
          : onCall.type === 'layer'
            ? `${german ? 'Ebene' : 'layer'} ${onCall.layerName ?? onCall.layer + 1}`
            : german
              ? 'Schicht'
              : 'shift';
      return german ? `Bereitschaft in ${scheduleName} (${by}, bis ${until})` : `on call in ${scheduleName} (${by}, until ${until})`;
    }
  }
};

const gapTexts: Record<TextLanguage, Record<GapReason, string>> = {
  en: {
    'no-layer-active': 'no layer is active',
    restricted: 'outside of the hours its layers are restricted to',
    'no-shift': 'no shift covers this time',
    ended: 'the schedule has ended',
    'not-started': 'the schedule has not begun',
  },
  de: {
    'no-layer-active': 'keine Ebene ist aktiv',
    restricted: 'außerhalb der Zeiten, auf die die Ebenen beschränkt sind',
    'no-shift': 'keine Schicht deckt diese Zeit ab',
    ended: 'der Plan ist beendet',
    'not-started': 'der Plan hat noch nicht begonnen',
  },
};

const unreachableTexts: Record<TextLanguage, Record<Extract<ReachabilityProblem, { type: 'user-unreachable' }>['why'], string>> = {
  en: {
    muted: 'has muted notifications',
    'no-preference': 'has no notification preference for this priority',
    'no-verified-contact': 'has no verified contact for the chosen methods',
    'no-provider': 'chose methods for which no provider is set up',
    'no-device': 'chose push and has switched it on for no device',
    'no-slack-account': 'chose Slack and has linked no Slack account',
    'no-chat-account': 'chose a chat and has linked no account there',
    'chat-account-closed': 'chose a chat whose account takes no more messages',
  },
  de: {
    muted: 'hat Benachrichtigungen stummgeschaltet',
    'no-preference': 'hat keine Benachrichtigungsregel für diese Priorität',
    'no-verified-contact': 'hat keinen bestätigten Kontakt für die gewählten Wege',
    'no-provider': 'hat Wege gewählt, für die kein Anbieter eingerichtet ist',
    'no-device': 'hat Push gewählt und es auf keinem Gerät eingeschaltet',
    'no-slack-account': 'hat Slack gewählt und kein Slack-Konto verbunden',
    'no-chat-account': 'hat einen Chat gewählt und dort kein Konto verbunden',
    'chat-account-closed': 'hat einen Chat gewählt, dessen Konto keine Nachrichten mehr annimmt',
  },
};

type NamesWhatLeadsToPeople = ResponderReason | ReachabilityProblem;

/** Names were recorded as they were: those of what is hidden from whoever looks are left out. */
export const reasonAsSeen = <Reason extends NamesWhatLeadsToPeople>(reason: Reason, lookup: ResourceLookup): Reason => {
  const isHidden = (kind: 'schedule' | 'team', id: number): boolean => lookup.hidden?.(kind, id) !== undefined;
  if ('scheduleName' in reason && isHidden('schedule', reason.scheduleId)) {
    const named = { ...reason, scheduleName: 'hidden schedule' };
    if (!('onCall' in named) || named.onCall.type !== 'layer') return named;
    const { layerName: _hidden, ...onCall } = named.onCall;
    return { ...named, onCall };
  }
  return 'teamName' in reason && isHidden('team', reason.teamId) ? { ...reason, teamName: 'hidden team' } : reason;
};

/** Why a target of a level led to nobody who can be paged. */
export const problemText = (problem: ReachabilityProblem, language: TextLanguage, lookup: ResourceLookup): string => {
  const german = language === 'de';
  switch (problem.type) {
    case 'schedule-gap': {
      const next =
        problem.nextShiftStart === undefined
          ? ''
          : german
            ? `; nächste Schicht ab ${toIso(problem.nextShiftStart)}`
            : `; next shift from ${toIso(problem.nextShiftStart)}`;
      return german
        ? `Plan ${problem.scheduleName}: niemand in Bereitschaft, ${gapTexts.de[problem.gap]}${next}`
        : `schedule ${problem.scheduleName}: nobody on call, ${gapTexts.en[problem.gap]}${next}`;
    }
    case 'schedule-missing':
      return german ? `Plan ${problem.scheduleId} gibt es nicht mehr` : `schedule ${problem.scheduleId} does not exist any more`;
    case 'user-missing':
      return german ? `Benutzer ${problem.userId} gibt es nicht mehr` : `user ${problem.userId} does not exist any more`;
    case 'team-missing':
      return german ? `Team ${problem.teamId} gibt es nicht mehr` : `team ${problem.teamId} does not exist any more`;
    case 'team-empty':
      return german
        ? `Team ${problem.teamName} hat keine Mitglieder, die Alarme annehmen`
        : `team ${problem.teamName} has no members who answer alerts`;
    case 'user-unreachable': {
      const { firstName, lastName } = publicUserRel(problem.userId, lookup);
      return `${firstName} ${lastName} ${unreachableTexts[language][problem.why]}`;
    }
  }
};
