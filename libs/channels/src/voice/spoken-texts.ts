import type { Language } from '../message';

/** Every phrase that a person hears in a call, by language. */
export const spokenTexts = {
  en: {
    greeting: (name: string) => `Hello ${name}, this is Tocsin.`,
    alert: (id: string, priority: string, summary: string) =>
      `${priority === 'HIGH' ? 'Alert' : 'Alert of low priority'} ${id}: ${summary}.`,
    raised: (source: string, time: string) => `From ${source}, at ${time}.`,
    keys: (canEscalate: boolean) => `Press 1 to accept, 2 to resolve${canEscalate ? ', 3 to escalate' : ''}, 0 to hear it again.`,
    wrongKey: 'This key means nothing here.',
    noKey: 'No key was pressed.',
    nextAlert: 'There is another alert.',
    forMachine: 'Nobody can answer this message. Please look at your other messages.',
    notForYou: 'It is not for you to answer any more.',
    confirm: 'Press 1 to say that you have heard this.',
    beforeCode: 'This is Tocsin. Somebody asked for a code for this number. Press 1 to hear it.',
    code: (digits: string) => `Your code is: ${digits}.`,
    thanks: 'Thank you.',
    goodbye: 'Goodbye.',
    over: 'This call is about nothing any more. Goodbye.',
    inbound: 'This is Tocsin. This number calls people about alerts, and takes no calls itself. Answer from the newest message. Goodbye.',
  },
  de: {
    greeting: (name: string) => `Hallo ${name}, hier ist Tocsin.`,
    alert: (id: string, priority: string, summary: string) =>
      `${priority === 'HIGH' ? 'Alarm' : 'Alarm mit niedriger Priorität'} ${id}: ${summary}.`,
    raised: (source: string, time: string) => `Gemeldet von ${source}, um ${time}.`,
    keys: (canEscalate: boolean) => `Drücke 1 zum Annehmen, 2 zum Lösen${canEscalate ? ', 3 zum Eskalieren' : ''}, 0 zum Wiederholen.`,
    wrongKey: 'Diese Taste hat hier keine Bedeutung.',
    noKey: 'Es wurde keine Taste gedrückt.',
    nextAlert: 'Es gibt noch einen Alarm.',
    forMachine: 'Auf diese Nachricht kann niemand antworten. Bitte sieh in deinen anderen Nachrichten nach.',
    notForYou: 'Du musst ihn nicht mehr beantworten.',
    confirm: 'Drücke 1, um zu bestätigen, dass du das gehört hast.',
    beforeCode: 'Hier ist Tocsin. Jemand hat einen Code für diese Nummer angefordert. Drücke 1, um ihn zu hören.',
    code: (digits: string) => `Dein Code lautet: ${digits}.`,
    thanks: 'Danke.',
    goodbye: 'Auf Wiederhören.',
    over: 'Dieser Anruf ist gegenstandslos. Auf Wiederhören.',
    inbound:
      'Hier ist Tocsin. Diese Nummer ruft wegen Alarmen an und nimmt selbst keine Anrufe entgegen. Antworte aus der neuesten Nachricht. Auf Wiederhören.',
  },
} as const satisfies Record<Language, unknown>;
