import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  actionDecider,
  alertChannelDecider,
  alertDecider,
  alertGroupDecider,
  callLineDecider,
  escalationDecider,
  fold,
  instant,
  notificationDecider,
  pacingDecider,
  slackPostDecider,
  textingDecider,
  sourceLogDecider,
  verificationDecider,
} from '@tocsin/domain';
import type {
  ActionEvent,
  AlertChannelEvent,
  AlertEvent,
  AlertGroupEvent,
  ArchiveEvent,
  CallLineEvent,
  ConfigurationEvent,
  Decider,
  DutiesTold,
  ErasureEvent,
  EscalationEvent,
  NotificationEvent,
  PacingEvent,
  PagesBundled,
  ParkedMessageEvent,
  SlackPostEvent,
  TextingEvent,
  SourceLogEvent,
  VerificationEvent,
  WaitingAlertsRaised,
} from '@tocsin/domain';
import { START } from './event-store';
import type { StoredEvent } from './event-store';
import { upcast, upcasting, upcastingStored } from './upcasts';
import type { Upcasts } from './upcasts';

type DomainEvent =
  | ActionEvent
  | AlertChannelEvent
  | AlertEvent
  | AlertGroupEvent
  | EscalationEvent
  | NotificationEvent
  | PacingEvent
  | PagesBundled
  | ConfigurationEvent
  | SourceLogEvent
  | ArchiveEvent
  | ErasureEvent
  | DutiesTold
  | WaitingAlertsRaised
  | ParkedMessageEvent
  | SlackPostEvent
  | TextingEvent
  | CallLineEvent
  | VerificationEvent;
type Folded =
  | 'action'
  | 'alert'
  | 'alertchannel'
  | 'alertkey'
  | 'sourcelog'
  | 'escalation'
  | 'notification'
  | 'pace'
  | 'slackpost'
  | 'texts'
  | 'calls'
  | 'verification';
type Stream = Folded | 'configuration' | 'archive' | 'bundle' | 'erasure' | 'duty' | 'parked' | 'raising';

/** Every event type and where it is stored; the compiler refuses one that is missing here or is none. */
const streamOf: Readonly<Record<DomainEvent['type'], Stream>> = {
  AlertRaised: 'alert',
  AlertRepeated: 'alert',
  ToolEventIgnored: 'alert',
  AlertSummaryChanged: 'alert',
  AlertPriorityRaised: 'alert',
  KeyJoined: 'alert',
  KeyResolved: 'alert',
  CommentAdded: 'alert',
  RespondersActivated: 'alert',
  LevelSkipped: 'alert',
  NobodyOnCall: 'alert',
  EscalationEnded: 'alert',
  AlertAccepted: 'alert',
  ResponderAccepted: 'alert',
  ResponderAdded: 'alert',
  ResponderRemoved: 'alert',
  AlertAssigned: 'alert',
  EscalationRequested: 'alert',
  AlertResolved: 'alert',
  AlertFollowed: 'alert',
  AlertUnfollowed: 'alert',
  AlertOpenedForKey: 'alertkey',
  KeyAttached: 'alertkey',
  AlertForgotten: 'alertkey',
  ToolEventDropped: 'sourcelog',
  ToolEventsDropped: 'sourcelog',
  EscalationStarted: 'escalation',
  LevelPlanned: 'escalation',
  LevelDue: 'escalation',
  LevelAwaited: 'escalation',
  LevelUnresolved: 'escalation',
  EndPlanned: 'escalation',
  NobodyFound: 'escalation',
  RetryPlanned: 'escalation',
  EscalationHalted: 'escalation',
  EscalationExhausted: 'escalation',
  NotificationPlanned: 'notification',
  AttemptStarted: 'notification',
  HandedOver: 'notification',
  Delivered: 'notification',
  AttemptFailed: 'notification',
  NotificationFailed: 'notification',
  NotificationCancelled: 'notification',
  NotificationHeld: 'notification',
  ReceiptOverdue: 'notification',
  NotificationBroughtForward: 'notification',
  PagePaced: 'pace',
  BundleClosed: 'pace',
  PagesBundled: 'bundle',
  PageTexted: 'texts',
  ReplyReceived: 'texts',
  CallPlaced: 'calls',
  CallAwaited: 'calls',
  CallAnswered: 'calls',
  CallEnded: 'calls',
  SlackPageSent: 'slackpost',
  SlackPostPlanned: 'slackpost',
  SlackPostOutdated: 'slackpost',
  SlackUpdatePlanned: 'slackpost',
  SlackAttemptStarted: 'slackpost',
  SlackPosted: 'slackpost',
  SlackEdited: 'slackpost',
  SlackUpdated: 'slackpost',
  SlackAttemptFailed: 'slackpost',
  SlackHeldBack: 'slackpost',
  SlackPostEnded: 'slackpost',
  SlackGivenUp: 'slackpost',
  AlertChannelAskedFor: 'alertchannel',
  AlertChannelMembersJoined: 'alertchannel',
  AlertChannelEnding: 'alertchannel',
  AlertChannelAttempted: 'alertchannel',
  AlertChannelMade: 'alertchannel',
  AlertChannelDescribed: 'alertchannel',
  AlertChannelInvited: 'alertchannel',
  AlertChannelArchived: 'alertchannel',
  AlertChannelDetached: 'alertchannel',
  AlertChannelDetachmentTold: 'alertchannel',
  AlertChannelAttemptFailed: 'alertchannel',
  AlertChannelHeldBack: 'alertchannel',
  AlertChannelGivenUp: 'alertchannel',
  ActionTriggered: 'action',
  ActionHeldBack: 'action',
  ActionAttempted: 'action',
  ActionAttemptFailed: 'action',
  ActionSucceeded: 'action',
  ActionFailed: 'action',
  ActionCancelled: 'action',
  ResourceConfigured: 'configuration',
  ResourceDeleted: 'configuration',
  AlertsArchived: 'archive',
  UserErased: 'erasure',
  DutiesTold: 'duty',
  WaitingAlertsRaised: 'raising',
  VerificationCodeRequested: 'verification',
  VerificationCodeMistaken: 'verification',
  VerificationCodeEntered: 'verification',
  ParkedMessageReplayed: 'parked',
  ParkedMessageDiscarded: 'parked',
};
const types = Object.keys(streamOf) as readonly DomainEvent['type'][];

/** No rule reads these; that today's readers understand them is shown where all of them are (`test/promises`). */
const ofTheMachinery: readonly string[] = [
  'CheckpointSaved',
  'IdBlockTaken',
  'LeaseReleased',
  'LeaseRenewed',
  'LeaseTaken',
  'PathProbed',
  'SignInLinkUsed',
  'StreamDeleted',
  'VapidKeysMade',
];

const folds: Readonly<Record<Folded, Pick<Decider<never, unknown, never>, 'initial' | 'evolve'>>> = {
  action: actionDecider,
  alertchannel: alertChannelDecider,
  alert: alertDecider,
  alertkey: alertGroupDecider,
  sourcelog: {
    initial: {},
    evolve: (log: object, event: never) => Object.fromEntries(sourceLogDecider.evolve(new Map(Object.entries(log)) as never, event)),
  } as never,
  escalation: escalationDecider,
  notification: notificationDecider,
  pace: pacingDecider,
  slackpost: slackPostDecider,
  verification: verificationDecider,
  texts: textingDecider,
  calls: callLineDecider,
};
/** What happened before each of the stream's events. */
const before: Readonly<Record<Stream, readonly DomainEvent['type'][]>> = {
  action: ['ActionTriggered', 'ActionAttempted'],
  alert: ['AlertRaised', 'RespondersActivated'],
  alertchannel: ['AlertChannelAskedFor', 'AlertChannelAttempted'],
  alertkey: ['AlertOpenedForKey'],
  sourcelog: [],
  escalation: ['EscalationStarted', 'LevelPlanned'],
  notification: ['NotificationPlanned', 'AttemptStarted'],
  pace: [],
  bundle: [],
  slackpost: ['SlackPostPlanned', 'SlackAttemptStarted'],
  verification: ['VerificationCodeRequested'],
  texts: [],
  calls: ['CallPlaced'],
  configuration: [],
  archive: [],
  erasure: [],
  duty: [],
  raising: [],
  parked: [],
};

const isFolded = (stream: Stream): stream is Folded => stream in folds;

interface Golden {
  readonly type: string;
  readonly schemaVersion: number;
  readonly examples: readonly unknown[];
}
const directory = join(__dirname, 'golden');
const files = readdirSync(directory).toSorted();
const golden = (file: string): Golden => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Golden;

const asStored = (type: string, schemaVersion: number, data: unknown): StoredEvent => ({
  id: '00000000-0000-0000-0000-000000000001',
  type,
  data,
  metadata: {
    schemaVersion,
    time: instant(1_772_420_400_000),
    actor: { type: 'system', part: 'spec' },
    correlationId: 'c',
    causationId: 'd',
  },
  stream: 'golden-1',
  revision: 0,
  position: START,
});
/** The version that events of this type are read as: where the steps from the first one end. */
const newestVersion = (type: string): number => {
  const [first] = golden(`${type}@1.json`).examples;
  return upcast(asStored(type, 1, first)).metadata.schemaVersion;
};
const current = ({ type, schemaVersion, examples }: Golden): readonly unknown[] =>
  examples.map((data) => upcast(asStored(type, schemaVersion, data)).data);

/** The fields of a state that an event changed. */
const changed = (from: unknown, to: unknown): unknown => {
  const fields = Object.entries(to as object).filter(([name, value]) => !isDeepStrictEqual(value, (from as Record<string, unknown>)[name]));
  return Object.fromEntries(fields);
};

// A golden file is what some release has written: it is added with a version and never edited afterwards (P12).
describe('stored events of all versions', () => {
  it('have a golden file each, and there is no other', () => {
    const expected = [...types, ...ofTheMachinery].flatMap((type) =>
      Array.from({ length: newestVersion(type) }, (_, index) => `${type}@${index + 1}.json`),
    );
    expect(files).toEqual(expected.toSorted());
  });

  it.each(files)('are read in their newest shape: %s', (file) => {
    const { type, schemaVersion, examples } = golden(file);
    expect(file).toBe(`${type}@${schemaVersion}.json`);
    expect(examples.length).toBeGreaterThan(0);
    for (const data of examples) expect(upcast(asStored(type, schemaVersion, data)).metadata.schemaVersion).toBe(newestVersion(type));
  });

  /** A field that was renamed without an upcast is missing here; look closely before you accept a new snapshot. */
  const ofRules = files.filter((file) => golden(file).type in streamOf);
  it.each(ofRules)('mean what they meant: %s', (file) => {
    const events = golden(file);
    const stream = streamOf[events.type as DomainEvent['type']];
    const effects = current(events).map((data) => {
      if (!isFolded(stream)) return data;
      const first = before[stream].includes(events.type as DomainEvent['type']) ? [] : before[stream];
      const history = first.map((type) => ({ type, data: current(golden(`${type}@${newestVersion(type)}.json`))[0] }));
      const from = fold(folds[stream], history as never[]);
      return changed(from, fold(folds[stream], [{ type: events.type, data }] as never[], from));
    });
    expect(effects).toMatchSnapshot();
  });
});

describe('an event of an old version', () => {
  const steps: Upcasts = {
    'Moved@1': (event) => ({ ...event, data: { metres: event.data }, schemaVersion: 2 }),
    'Moved@2': (event) => ({ ...event, type: 'Travelled', schemaVersion: 3 }),
  };
  const moved = (schemaVersion: number, data: unknown) => ({
    id: 'a',
    type: 'Moved',
    schemaVersion,
    time: instant(1_772_420_400_000),
    data,
  });

  it('goes through every step up to the newest', () => {
    const travelled = { ...moved(3, { metres: 5 }), type: 'Travelled' };
    expect(upcasting(steps)(moved(1, 5))).toEqual(travelled);
    expect(upcasting(steps)(moved(2, { metres: 5 }))).toEqual(travelled);
  });

  it('keeps its place in the log and who did it', () => {
    const { metadata, ...event } = asStored('Moved', 1, 5);
    const expected = { ...event, type: 'Travelled', data: { metres: 5 }, metadata: { ...metadata, schemaVersion: 3 } };
    expect(upcastingStored(steps)({ ...event, metadata })).toEqual(expected);
  });

  it('of a version that nothing is known of is left as it is', () => {
    const event = moved(9, 5);
    expect(upcasting(steps)(event)).toBe(event);
  });

  it('is not upcast for ever by a step that does not raise the version', () => {
    expect(() => upcasting({ 'Moved@1': (event) => event })(moved(1, 5))).toThrow('leads nowhere');
  });
});
