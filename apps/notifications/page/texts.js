/** Every phrase of the page and of its notifications, by language. */
const texts = {
  en: {
    openAlerts: 'My open alerts',
    noAlerts: 'No open alerts. All quiet.',
    accept: 'Accept',
    resolve: 'Resolve',
    escalate: 'Escalate',
    /** @param {string} source @param {string} time */
    raised: (source, time) => `Raised by ${source} at ${time}`,
    accepted: 'You accepted it.',
    acceptedByOther: 'Accepted by somebody else.',
    pending: 'Not answered yet.',
    onCall: 'On call now',
    nobodyOnCall: 'Nobody is on call.',
    /** @param {number} level */
    level: (level) => `level ${level}`,
    /** @param {string} time */
    until: (time) => `until ${time}`,
    always: 'always',
    device: 'Push on this device',
    pushOn: 'Push is on for this device.',
    pushOff: 'Push is off for this device.',
    switchOn: 'Switch push on',
    switchOff: 'Switch push off',
    sendTest: 'Send a test push',
    testSent: 'The test push is on its way.',
    denied: 'Notifications are blocked for this page: allow them in the settings of the browser.',
    unsupported: 'This browser cannot show pushes. Use a current Chrome, Edge, Firefox or Safari.',
    toHomeScreen: 'On an iPhone or iPad pushes need the app: tap Share, then "Add to Home Screen", and open Tocsin from there.',
    pushServiceFailed: 'The push service of this browser could not be reached. Try again.',
    noServer: 'The server cannot be reached. What you see may be old; answers are sent when it is back.',
    waiting: 'No network: your answer is kept and sent as soon as there is one.',
    failed: 'That did not work. Try again.',
    signIn: 'Sign in',
    signInHow: 'Open your sign-in link in this browser, or enter it here. An API key works as well: it is used once and not kept.',
    linkOrKey: 'Sign-in link or API key',
    wrongKey: 'This link or key is not valid.',
    lost: 'Removed devices',
    lostBecause: { gone: 'its push service does not know it any more', 'taken-over': 'somebody else signed in there' },
    sending: 'Sending your answer…',
  },
  de: {
    openAlerts: 'Meine offenen Alarme',
    noAlerts: 'Keine offenen Alarme. Alles ruhig.',
    accept: 'Annehmen',
    resolve: 'Lösen',
    escalate: 'Eskalieren',
    /** @param {string} source @param {string} time */
    raised: (source, time) => `Gemeldet von ${source} um ${time}`,
    accepted: 'Du hast ihn angenommen.',
    acceptedByOther: 'Von jemand anderem angenommen.',
    pending: 'Noch nicht beantwortet.',
    onCall: 'Jetzt in Bereitschaft',
    nobodyOnCall: 'Niemand ist in Bereitschaft.',
    /** @param {number} level */
    level: (level) => `Stufe ${level}`,
    /** @param {string} time */
    until: (time) => `bis ${time}`,
    always: 'immer',
    device: 'Push auf diesem Gerät',
    pushOn: 'Push ist auf diesem Gerät eingeschaltet.',
    pushOff: 'Push ist auf diesem Gerät ausgeschaltet.',
    switchOn: 'Push einschalten',
    switchOff: 'Push ausschalten',
    sendTest: 'Test-Push senden',
    testSent: 'Der Test-Push ist unterwegs.',
    denied: 'Mitteilungen sind für diese Seite gesperrt: erlaube sie in den Einstellungen des Browsers.',
    unsupported: 'Dieser Browser kann keine Pushs zeigen. Nimm einen aktuellen Chrome, Edge, Firefox oder Safari.',
    toHomeScreen: 'Auf iPhone und iPad braucht Push die App: tippe auf Teilen, dann auf „Zum Home-Bildschirm“, und öffne Tocsin von dort.',
    pushServiceFailed: 'Der Push-Dienst dieses Browsers war nicht zu erreichen. Versuche es noch einmal.',
    noServer: 'Der Server ist nicht zu erreichen. Was du siehst, kann alt sein; Antworten werden gesendet, sobald er wieder da ist.',
    waiting: 'Kein Netz: deine Antwort ist gemerkt und wird gesendet, sobald es wieder da ist.',
    failed: 'Das hat nicht geklappt. Versuche es noch einmal.',
    signIn: 'Anmelden',
    signInHow:
      'Öffne deinen Anmeldelink in diesem Browser oder gib ihn hier ein. Ein API-Schlüssel geht auch: er wird einmal benutzt und nicht behalten.',
    linkOrKey: 'Anmeldelink oder API-Schlüssel',
    wrongKey: 'Dieser Link oder Schlüssel ist nicht gültig.',
    lost: 'Entfernte Geräte',
    lostBecause: { gone: 'sein Push-Dienst kennt es nicht mehr', 'taken-over': 'jemand anderes hat sich dort angemeldet' },
    sending: 'Deine Antwort wird gesendet…',
  },
};

/** @typedef {typeof texts.en} Texts */

/** @param {string | undefined} language @returns {Texts} */
export const textsFor = (language) => (language?.startsWith('de') ? texts.de : texts.en);
