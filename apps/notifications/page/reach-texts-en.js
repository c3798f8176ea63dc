/** Every phrase of the view of how somebody is reached. */
export const phrases = {
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
    PROVIDER_FAILING: 'messages are not taken there at the moment. Choose another way as well, and send a test.',
    NEVER_REACHED: 'nothing has arrived there yet. Send a test.',
    /** @param {string} time */
    LAST_SUCCESS_TOO_OLD: (time) => `nothing has arrived there since ${time}. Send a test.`,
  },
  mute: 'Mute',
  notMuted: 'You are not muted.',
  muteDoes:
    'While you are muted, nothing is sent to you in any way: no pages, no updates, no reminders of shifts. Alerts go to the next level at once when you alone are on theirs. Only if nobody else can be told, you are paged all the same; tests and codes that you ask for arrive, too.',
  muteFor: { hour: 'For an hour', fourHours: 'For four hours', morning: 'Until 8 in the morning' },
  muteUntil: 'Until another time',
  muteEnd: 'Muted until',
  muteNow: 'Mute',
  unmute: 'End the mute',
  unmuted: 'You are not muted any more.',
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
    OK: 'Your account is linked.',
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
};

/** @typedef {typeof phrases} Phrases */
