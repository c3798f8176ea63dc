/** Every phrase of the view of how somebody is reached, by language. */
const texts = {
  en: {
    cancel: 'Cancel',
    notReached: 'The server cannot be reached. What you entered is still here: try again.',
    signedOut: 'You are not signed in any more. Sign in again in another tab, then try again here.',
    serverTrouble: 'The server cannot do that now. Try again in a moment.',
    refused: 'The server did not take it. Look at what you entered and try again.',
    tooManyCodes: 'Too many codes were asked for. The next one can be had after half a minute; after five in an hour it takes longer.',
    usedByRule: 'A rule below uses it. Change or remove that rule first.',
    alreadyYours: 'You have this contact already.',
    somebodyElses: 'This belongs to somebody else.',
    wrongCode: 'The code is not right, or not valid any more. Look at it again, or have a new one sent.',
    noProvider: 'Nothing is set up here that sends this. Ask whoever runs Tocsin.',
    wrong: {
      mutedUntil: 'Choose a time that is still to come.',
      target: 'Nothing can be sent there. An address looks like ana@example.org, a number like +49 151 12345678.',
      regionCode: 'Choose a country.',
      delayMin: 'Enter whole minutes from 0 to 120.',
      code: 'Enter the code that was sent to you.',
      contact: 'Nothing can be sent to this contact now. Look at what it says above.',
      method: 'This cannot be used now. Choose something else.',
    },
    wouldReach: 'Would a page reach you?',
    ready: 'Yes: a page would reach you now.',
    notReady: 'No: a page would not reach you now.',
    methods: {
      EMAIL: 'E-mail',
      SMS: 'Text message',
      VOICE: 'Call',
      PUSH: 'Push',
      WHATSAPP: 'WhatsApp',
      TELEGRAM: 'Telegram',
      SLACK: 'Slack',
      TEAMS: 'Teams',
    },
    problems: {
      /** @param {string} time */
      MUTED: (time) => `You are muted until ${time}.`,
      NO_PREFERENCE: 'You have no rule for alerts of high priority: add one.',
      NO_VERIFIED_CONTACT: 'You have no verified contact: add one and enter its code.',
      NO_PROVIDER: 'nothing is set up here that sends this. Choose something else, or ask whoever runs Tocsin.',
      NO_DEVICE: 'it is switched on for no device. Switch it on in the view of your alerts.',
      DEVICE_NOT_ON_HOME_SCREEN:
        'on one of your devices the page is not on the home screen. An iPhone shows nothing then: add it there and open it.',
      NO_SLACK_ACCOUNT: 'no account is linked. Type /tocsin in Slack.',
      NO_CHAT_ACCOUNT: 'no account is linked.',
      CHAT_ACCOUNT_CLOSED: 'your account takes no more messages. Let the bot write to you again.',
      CONTACT_MISSING: 'the rule has no contact. Give it one.',
      CONTACT_OF_OTHER_KIND: 'the contact of the rule is of another kind. Give it another one.',
      CONTACT_NOT_VERIFIED: 'it is not verified. Enter the code that is sent to it.',
      CONTACT_LOCKED: 'it is locked. Ask whoever runs Tocsin.',
      CONTACT_BLACKLISTED:
        'it takes no more messages. Allow them again: text START to the number that they came from, or ask your mail provider.',
      NEVER_REACHED: 'nothing has arrived there yet. Send a test.',
      /** @param {string} time */
      LAST_SUCCESS_TOO_OLD: (time) => `nothing has arrived there since ${time}. Send a test.`,
    },
    mute: 'Mute',
    notMuted: 'You are not muted.',
    /** @param {string} time */
    mutedUntil: (time) => `You are muted until ${time}.`,
    muteDoes:
      'While you are muted, nothing is sent to you in any way: no pages, no updates, no reminders of shifts. Alerts go to the next level at once when you alone are on theirs. Only if nobody else can be told, you are paged all the same; tests and codes that you ask for arrive, too.',
    muteFor: { hour: 'For an hour', fourHours: 'For four hours', morning: 'Until 8 in the morning' },
    muteUntil: 'Until another time',
    muteEnd: 'Muted until',
    muteNow: 'Mute',
    unmute: 'End the mute',
    unmuted: 'You are not muted any more.',
    noTimeToCome: 'Choose a time that is still to come.',
    rules: 'My rules',
    rulesAre: 'What is sent to you, how, and when. The steps of an alert count from when you are to answer it, and stop when somebody has.',
    ruleParts: {
      HIGH_PRIORITY: 'Alerts of high priority',
      LOW_PRIORITY: 'Alerts of low priority',
      updates: 'What becomes of my alerts',
      duties: 'My shifts',
      subscriptions: 'Alerts that I follow',
    },
    noRules: {
      HIGH_PRIORITY: 'No step: no page reaches you. Add one.',
      LOW_PRIORITY: 'No step: alerts of low priority do not reach you.',
      updates: 'You are not told.',
      duties: 'You are not reminded of shifts, nor told when somebody changes them.',
      subscriptions: 'You are not told.',
    },
    noWays: 'Add a contact first, or switch push on.',
    addRule: 'Add a step',
    changeRule: 'Change the step',
    change: 'Change',
    save: 'Save',
    removeRule: 'Remove this step?',
    removeLastRule: 'Remove this step? It is the last one: no page would reach you.',
    ruleRemoved: 'The step is removed.',
    ruleSaved: 'The step is saved.',
    /** @param {string} problem */
    leadsToNothing: (problem) => `Leads to nothing: ${problem}`,
    /** @param {string} way */
    notUsableYet: (way) => `${way} (not usable now)`,
    how: 'How',
    when: 'When',
    delay: 'After how many minutes',
    delayHint: '0 to 120; 0 is at once',
    /** @param {number} minutes */
    after: (minutes) => (minutes === 0 ? 'At once' : `After ${minutes} min`),
    updates: {
      ALERT_ACCEPTED: 'When somebody accepted it',
      ALERT_RESOLVED: 'When it is resolved',
      ALERT_ESCALATED: 'When it is escalated',
    },
    /** @param {number} minutes */
    before: (minutes) =>
      minutes === 0 ? 'When a shift begins' : minutes < 60 ? `${minutes} min before a shift` : `${minutes / 60} h before a shift`,
    to: 'to',
    pushAndChats: 'Push and chats',
    /** @param {number} count */
    devices: (count) =>
      count === 0
        ? 'Switched on for no device: switch it on in the view of your alerts.'
        : count === 1
          ? 'Switched on for one device.'
          : `Switched on for ${count} devices.`,
    chatStates: {
      LINKED: 'Your account is linked.',
      CLOSED: 'Your account is linked, but takes no more messages: let the bot write to you again.',
      NOT_LINKED: 'No account is linked.',
    },
    unlink: 'Unlink',
    /** @param {string} chat */
    unlinkChat: (chat) =>
      `Unlink your account in ${chat}? Nothing is sent to it any more, and it answers no alerts for you until it is linked again.`,
    /** @param {string} chat */
    unlinked: (chat) => `Your account in ${chat} is not linked any more.`,
    linkSlack: 'Type /tocsin in Slack, or press a button there: you are asked who you are.',
    /** @param {string} chat */
    linkChat: (chat) => `Link my account in ${chat}`,
    contacts: 'My contacts',
    emails: 'E-mail addresses',
    phoneNumbers: 'Telephone numbers',
    none: { emails: 'None yet.', 'phone-numbers': 'None yet.' },
    verified: 'Verified.',
    notVerified: 'Not verified: nothing is sent there until you enter the code that you get there.',
    add: { emails: 'Add an e-mail address', 'phone-numbers': 'Add a telephone number' },
    addNow: 'Add',
    target: { emails: 'E-mail address', 'phone-numbers': 'Telephone number' },
    targetHint: { emails: 'Like ana@example.org', 'phone-numbers': 'Best with its country, like +49 151 12345678' },
    country: 'Country of the number',
    /** @param {string} target */
    addedUnverified: (target) => `${target} is added. Now have a code sent there, and enter it.`,
    enterCode: 'Enter the code',
    sendCode: { EMAIL: 'Send a code', SMS: 'Send a code by text message', VOICE: 'Have a code read to me by call' },
    /** @param {string} target */
    codeSent: (target) => `A code is on its way to ${target}. It counts for ten minutes.`,
    /** @param {string} target */
    codeOf: (target) => `The code for ${target}`,
    code: 'Code',
    codeHint: 'Six digits. It counts for ten minutes, and can be entered five times.',
    verify: 'Verify',
    /** @param {string} target */
    nowVerified: (target) => `${target} is verified: pages can be sent there as soon as a rule names it.`,
    remove: 'Remove',
    /** @param {string} target */
    removeContact: (target) => `Remove ${target}?`,
    /** @param {string} target */
    removed: (target) => `${target} is removed.`,
    tests: {
      EMAIL: 'Send a test mail',
      SMS: 'Send a test message',
      VOICE: 'Call me as a test',
      PUSH: 'Send a test push',
      WHATSAPP: 'Send a test by WhatsApp',
      TELEGRAM: 'Send a test by Telegram',
      SLACK: 'Send a test by Slack',
      TEAMS: 'Send a test by Teams',
    },
    testSent: 'The test is on its way.',
    sentDelivered: 'It was delivered.',
    sentHandedOver: 'It was sent. Look whether it is there: nobody tells whether it arrives.',
    sentUnconfirmed: 'It was sent; the provider has not said yet whether it arrived.',
    sentUnknown: 'It is still on its way. Look again in a while.',
    /** @param {string} reason */
    sentRetried: (reason) => `It has not gone out yet and is tried again (${reason}).`,
    /** @param {string} reason */
    sentFailed: (reason) => `It was not sent (${reason}).`,
  },
  de: {
    cancel: 'Abbrechen',
    notReached: 'Der Server ist nicht zu erreichen. Was du eingegeben hast, steht noch da: versuche es noch einmal.',
    signedOut: 'Du bist nicht mehr angemeldet. Melde dich in einem anderen Tab neu an und versuche es dann hier noch einmal.',
    serverTrouble: 'Der Server kann das gerade nicht. Versuche es gleich noch einmal.',
    refused: 'Der Server hat es nicht angenommen. Sieh nach, was du eingegeben hast, und versuche es noch einmal.',
    tooManyCodes:
      'Es wurden zu viele Codes angefordert. Den nächsten gibt es nach einer halben Minute; nach fünf in einer Stunde dauert es länger.',
    usedByRule: 'Eine Regel weiter unten benutzt das. Ändere oder entferne zuerst diese Regel.',
    alreadyYours: 'Diesen Kontakt hast du schon.',
    somebodyElses: 'Das gehört jemand anderem.',
    wrongCode: 'Der Code stimmt nicht oder gilt nicht mehr. Sieh noch einmal nach oder lass dir einen neuen senden.',
    noProvider: 'Hier ist nichts eingerichtet, das so etwas sendet. Frage, wer Tocsin betreibt.',
    wrong: {
      mutedUntil: 'Wähle eine Zeit, die noch kommt.',
      target: 'Dorthin kann nichts gesendet werden. Eine Adresse sieht aus wie ana@example.org, eine Nummer wie +49 151 12345678.',
      regionCode: 'Wähle ein Land.',
      delayMin: 'Gib ganze Minuten von 0 bis 120 ein.',
      code: 'Gib den Code ein, der dir gesendet wurde.',
      contact: 'An diesen Kontakt kann jetzt nichts gesendet werden. Sieh nach, was oben dazu steht.',
      method: 'Das kann jetzt nicht benutzt werden. Wähle etwas anderes.',
    },
    wouldReach: 'Würde ein Alarm dich erreichen?',
    ready: 'Ja: ein Alarm würde dich jetzt erreichen.',
    notReady: 'Nein: ein Alarm würde dich jetzt nicht erreichen.',
    methods: {
      EMAIL: 'E-Mail',
      SMS: 'SMS',
      VOICE: 'Anruf',
      PUSH: 'Push',
      WHATSAPP: 'WhatsApp',
      TELEGRAM: 'Telegram',
      SLACK: 'Slack',
      TEAMS: 'Teams',
    },
    problems: {
      /** @param {string} time */
      MUTED: (time) => `Du bist bis ${time} stummgeschaltet.`,
      NO_PREFERENCE: 'Du hast keine Regel für Alarme hoher Priorität: füge eine hinzu.',
      NO_VERIFIED_CONTACT: 'Du hast keinen bestätigten Kontakt: füge einen hinzu und gib seinen Code ein.',
      NO_PROVIDER: 'hier ist nichts eingerichtet, das so etwas sendet. Wähle etwas anderes, oder frage, wer Tocsin betreibt.',
      NO_DEVICE: 'es ist auf keinem Gerät eingeschaltet. Schalte es in der Ansicht deiner Alarme ein.',
      DEVICE_NOT_ON_HOME_SCREEN:
        'auf einem deiner Geräte liegt die Seite nicht auf dem Home-Bildschirm. Ein iPhone zeigt dann nichts: lege sie dorthin und öffne sie.',
      NO_SLACK_ACCOUNT: 'es ist kein Konto verbunden. Gib in Slack /tocsin ein.',
      NO_CHAT_ACCOUNT: 'es ist kein Konto verbunden.',
      CHAT_ACCOUNT_CLOSED: 'dein Konto nimmt keine Nachrichten mehr an. Erlaube dem Bot wieder, dir zu schreiben.',
      CONTACT_MISSING: 'die Regel hat keinen Kontakt. Gib ihr einen.',
      CONTACT_OF_OTHER_KIND: 'der Kontakt der Regel ist von anderer Art. Gib ihr einen anderen.',
      CONTACT_NOT_VERIFIED: 'nicht bestätigt. Gib den Code ein, der dorthin gesendet wird.',
      CONTACT_LOCKED: 'gesperrt. Frage, wer Tocsin betreibt.',
      CONTACT_BLACKLISTED:
        'nimmt keine Nachrichten mehr an. Erlaube sie wieder: sende START an die Nummer, von der sie kamen, oder frage deinen Mail-Anbieter.',
      NEVER_REACHED: 'dort ist noch nichts angekommen. Sende einen Test.',
      /** @param {string} time */
      LAST_SUCCESS_TOO_OLD: (time) => `dort ist seit ${time} nichts angekommen. Sende einen Test.`,
    },
    mute: 'Stummschalten',
    notMuted: 'Du bist nicht stummgeschaltet.',
    /** @param {string} time */
    mutedUntil: (time) => `Du bist bis ${time} stummgeschaltet.`,
    muteDoes:
      'Solange du stummgeschaltet bist, wird dir auf keinem Weg etwas gesendet: keine Alarme, keine Neuigkeiten, keine Hinweise auf Schichten. Stehst du allein auf einer Stufe, gehen Alarme sofort zur nächsten. Nur wenn sonst niemand zu erreichen ist, wirst du trotzdem gerufen; auch Tests und Codes, die du anforderst, kommen an.',
    muteFor: { hour: 'Für eine Stunde', fourHours: 'Für vier Stunden', morning: 'Bis 8 Uhr morgens' },
    muteUntil: 'Bis zu einer anderen Zeit',
    muteEnd: 'Stumm bis',
    muteNow: 'Stummschalten',
    unmute: 'Stummschaltung beenden',
    unmuted: 'Du bist nicht mehr stummgeschaltet.',
    noTimeToCome: 'Wähle eine Zeit, die noch kommt.',
    rules: 'Meine Regeln',
    rulesAre:
      'Was dir wie und wann gesendet wird. Die Schritte eines Alarms zählen von da an, wo du ihn beantworten sollst, und enden, wenn es jemand getan hat.',
    ruleParts: {
      HIGH_PRIORITY: 'Alarme hoher Priorität',
      LOW_PRIORITY: 'Alarme niedriger Priorität',
      updates: 'Was aus meinen Alarmen wird',
      duties: 'Meine Schichten',
      subscriptions: 'Alarme, denen ich folge',
    },
    noRules: {
      HIGH_PRIORITY: 'Kein Schritt: kein Alarm erreicht dich. Füge einen hinzu.',
      LOW_PRIORITY: 'Kein Schritt: Alarme niedriger Priorität erreichen dich nicht.',
      updates: 'Du erfährst es nicht.',
      duties: 'Du wirst nicht an Schichten erinnert und erfährst nicht, wenn jemand sie ändert.',
      subscriptions: 'Du erfährst nichts von ihnen.',
    },
    noWays: 'Füge zuerst einen Kontakt hinzu oder schalte Push ein.',
    addRule: 'Schritt hinzufügen',
    changeRule: 'Schritt ändern',
    change: 'Ändern',
    save: 'Speichern',
    removeRule: 'Diesen Schritt entfernen?',
    removeLastRule: 'Diesen Schritt entfernen? Es ist der letzte: kein Alarm würde dich erreichen.',
    ruleRemoved: 'Der Schritt ist entfernt.',
    ruleSaved: 'Der Schritt ist gespeichert.',
    /** @param {string} problem */
    leadsToNothing: (problem) => `Führt zu nichts: ${problem}`,
    /** @param {string} way */
    notUsableYet: (way) => `${way} (jetzt nicht zu gebrauchen)`,
    how: 'Wie',
    when: 'Wann',
    delay: 'Nach wie vielen Minuten',
    delayHint: '0 bis 120; 0 ist sofort',
    /** @param {number} minutes */
    after: (minutes) => (minutes === 0 ? 'Sofort' : `Nach ${minutes} min`),
    updates: {
      ALERT_ACCEPTED: 'Wenn ihn jemand angenommen hat',
      ALERT_RESOLVED: 'Wenn er gelöst ist',
      ALERT_ESCALATED: 'Wenn er eskaliert ist',
    },
    /** @param {number} minutes */
    before: (minutes) =>
      minutes === 0
        ? 'Wenn eine Schicht beginnt'
        : minutes < 60
          ? `${minutes} min vor einer Schicht`
          : `${minutes / 60} h vor einer Schicht`,
    to: 'an',
    pushAndChats: 'Push und Chats',
    /** @param {number} count */
    devices: (count) =>
      count === 0
        ? 'Auf keinem Gerät eingeschaltet: schalte es in der Ansicht deiner Alarme ein.'
        : count === 1
          ? 'Auf einem Gerät eingeschaltet.'
          : `Auf ${count} Geräten eingeschaltet.`,
    chatStates: {
      LINKED: 'Dein Konto ist verbunden.',
      CLOSED: 'Dein Konto ist verbunden, nimmt aber keine Nachrichten mehr an: erlaube dem Bot wieder, dir zu schreiben.',
      NOT_LINKED: 'Es ist kein Konto verbunden.',
    },
    unlink: 'Trennen',
    /** @param {string} chat */
    unlinkChat: (chat) =>
      `Dein Konto in ${chat} trennen? Es wird nichts mehr dorthin gesendet, und es beantwortet keine Alarme für dich, bis es wieder verbunden ist.`,
    /** @param {string} chat */
    unlinked: (chat) => `Dein Konto in ${chat} ist nicht mehr verbunden.`,
    linkSlack: 'Gib in Slack /tocsin ein oder drücke dort einen Knopf: du wirst gefragt, wer du bist.',
    /** @param {string} chat */
    linkChat: (chat) => `Mein Konto in ${chat} verbinden`,
    contacts: 'Meine Kontakte',
    emails: 'E-Mail-Adressen',
    phoneNumbers: 'Telefonnummern',
    none: { emails: 'Noch keine.', 'phone-numbers': 'Noch keine.' },
    verified: 'Bestätigt.',
    notVerified: 'Nicht bestätigt: es wird nichts dorthin gesendet, bis du den Code eingibst, den du dort bekommst.',
    add: { emails: 'E-Mail-Adresse hinzufügen', 'phone-numbers': 'Telefonnummer hinzufügen' },
    addNow: 'Hinzufügen',
    target: { emails: 'E-Mail-Adresse', 'phone-numbers': 'Telefonnummer' },
    targetHint: { emails: 'Wie ana@example.org', 'phone-numbers': 'Am besten mit Land, wie +49 151 12345678' },
    country: 'Land der Nummer',
    /** @param {string} target */
    addedUnverified: (target) => `${target} ist hinzugefügt. Lass jetzt einen Code dorthin senden und gib ihn ein.`,
    enterCode: 'Code eingeben',
    sendCode: { EMAIL: 'Code senden', SMS: 'Code per SMS senden', VOICE: 'Code per Anruf vorlesen lassen' },
    /** @param {string} target */
    codeSent: (target) => `Ein Code ist unterwegs an ${target}. Er gilt zehn Minuten.`,
    /** @param {string} target */
    codeOf: (target) => `Der Code für ${target}`,
    code: 'Code',
    codeHint: 'Sechs Ziffern. Er gilt zehn Minuten und kann fünfmal eingegeben werden.',
    verify: 'Bestätigen',
    /** @param {string} target */
    nowVerified: (target) => `${target} ist bestätigt: Alarme können dorthin gesendet werden, sobald eine Regel es nennt.`,
    remove: 'Entfernen',
    /** @param {string} target */
    removeContact: (target) => `${target} entfernen?`,
    /** @param {string} target */
    removed: (target) => `${target} ist entfernt.`,
    tests: {
      EMAIL: 'Test-Mail senden',
      SMS: 'Test-SMS senden',
      VOICE: 'Testweise anrufen',
      PUSH: 'Test-Push senden',
      WHATSAPP: 'Test per WhatsApp senden',
      TELEGRAM: 'Test per Telegram senden',
      SLACK: 'Test per Slack senden',
      TEAMS: 'Test per Teams senden',
    },
    testSent: 'Der Test ist unterwegs.',
    sentDelivered: 'Angekommen.',
    sentHandedOver: 'Gesendet. Sieh nach, ob es da ist: ob es ankommt, sagt niemand.',
    sentUnconfirmed: 'Gesendet; der Anbieter hat noch nicht gesagt, ob es angekommen ist.',
    sentUnknown: 'Noch unterwegs. Sieh in einer Weile noch einmal nach.',
    /** @param {string} reason */
    sentRetried: (reason) => `Noch nicht hinausgegangen; es wird noch einmal versucht (${reason}).`,
    /** @param {string} reason */
    sentFailed: (reason) => `Nicht gesendet (${reason}).`,
  },
};

/** @param {string} language */
export const reachTextsFor = (language) => {
  const chosen = language.startsWith('de') ? texts.de : texts.en;
  /** @param {string} name One that is not known here keeps its own name. @returns {string} */
  const method = (name) => /** @type {Record<string, string>} */ (chosen.methods)[name] ?? name;
  return {
    ...chosen,
    /** @param {Date} date */
    time: (date) => date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' }),
    method,
    /** @param {string} by @param {string} [target] */
    way: (by, target) => (target === undefined ? method(by) : `${method(by)} ${chosen.to} ${target}`),
    /** @param {string} type @returns {string} */
    updateType: (type) => /** @type {Record<string, string>} */ (chosen.updates)[type] ?? '',
    /** @param {string} by */
    sendTest: (by) => /** @type {Record<string, string>} */ (chosen.tests)[by] ?? by,
    /** @param {string} code @param {string} time @returns {string | undefined} Undefined for one that is not known here. */
    problem: (code, time) => {
      const text = /** @type {Record<string, string | ((time: string) => string)>} */ (chosen.problems)[code];
      return typeof text === 'function' ? text(time) : text;
    },
  };
};

/** @typedef {ReturnType<typeof reachTextsFor>} ReachTexts */
