import type { Language } from '@tocsin/channels';
import type { WhyUnclear } from '@tocsin/domain';

/** What a person reads on their telephone after a reply that did nothing. */
export const replyTexts = {
  en: {
    unclear: {
      which: 'Nothing was changed: it could mean several alerts. Reply with a code:',
      'unknown-code': 'Nothing was changed: there is no such code. Open alerts:',
      'not-understood': 'Nothing was changed. Open alerts:',
      'nothing-open': 'Nothing was changed: none is unanswered. Open alerts:',
    },
    nothingOpen: 'Nothing was changed: none of your alerts is open. Already closed.',
    how: (code: string) => `ACK ${code}, RES ${code}, ESC ${code} or ACK ALL`,
    andMore: (count: number) => `and ${count} more`,
  },
  de: {
    unclear: {
      which: 'Nichts geändert: mehrere Alarme könnten gemeint sein. Antworte mit Code:',
      'unknown-code': 'Nichts geändert: diesen Code gibt es nicht. Offene Alarme:',
      'not-understood': 'Nichts geändert. Offene Alarme:',
      'nothing-open': 'Nichts geändert: keiner ist unbeantwortet. Offene Alarme:',
    },
    nothingOpen: 'Nichts geändert: keiner deiner Alarme ist offen. Schon geschlossen.',
    how: (code: string) => `ACK ${code}, RES ${code}, ESC ${code} oder ACK ALL`,
    andMore: (count: number) => `und ${count} weitere`,
  },
} as const satisfies Record<Language, { readonly unclear: Record<WhyUnclear, string>; readonly [phrase: string]: unknown }>;
