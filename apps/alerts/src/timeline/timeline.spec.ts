import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceLookup } from '@tocsin/contracts';
import { instant } from '@tocsin/domain';
import type {
  ActionEvent,
  ActionEventOf,
  AlertChannelEvent,
  AlertEvent,
  AlertId,
  EscalationEvent,
  NotificationEvent,
  SlackPostEvent,
} from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { NewEvent } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { newUuid, Views } from '@tocsin/platform';
import { ALERT_ACTIONS_VIEW, alertActionsView, NOTIFICATIONS_VIEW, notificationsView, ProjectionRunner } from '@tocsin/read-models';
import { EmbeddedReadStore } from '@tocsin/read-models/embedded';
import { actionLines } from './action-lines';
import { alertChannelLines } from './alert-channel-lines';
import { alertLines } from './alert-lines';
import { Names } from './log-entry';
import { escalationLines, notificationLines } from './other-lines';
import { slackLines } from './slack-lines';
import { Timeline } from './timeline';
import type { PublicLogEntry } from '@tocsin/contracts';

const ALERT = 4711 as AlertId;
const people: Readonly<Record<number, string>> = { 1: 'Ana', 2: 'Ben', 3: 'Cleo', 9: 'Root' };
const lookup = {
  get: (kind: string, id: number) => {
    if (kind === 'user')
      return people[id] === undefined ? undefined : { id, firstName: people[id], lastName: 'Example', username: people[id] };
    return kind === 'source' ? { id, name: 'Monitor' } : kind === 'schedule' ? { id, name: 'Nights' } : undefined;
  },
} as unknown as ResourceLookup;
const names = new Names(lookup);
type Triggered = ActionEventOf<'ActionTriggered'>['data'];

const golden = join(__dirname, '../../../../libs/event-store/src/golden');
const examples = readdirSync(golden).flatMap((file) => {
  const { type, examples: all } = JSON.parse(readFileSync(join(golden, file), 'utf8')) as { type: string; examples: readonly unknown[] };
  return all.map((data) => ({ type, data }));
});
const planned = examples.find(({ type }) => type === 'NotificationPlanned')?.data as Parameters<typeof notificationLines>[1];
/** Of streams that no timeline is made from. */
const notTold = new Set([
  ...['CallPlaced', 'CallAwaited', 'CallAnswered', 'CallEnded'],
  ...['PageTexted', 'ReplyReceived', 'PagePaced', 'BundleClosed', 'PagesBundled'],
  ...['AlertOpenedForKey', 'KeyAttached', 'AlertForgotten', 'ToolEventDropped', 'ToolEventsDropped', 'AlertsArchived'],
  ...[
    'ResourceConfigured',
    'ResourceDeleted',
    'UserErased',
    'DutiesTold',
    'WaitingAlertsRaised',
    'ParkedMessageDiscarded',
    'ParkedMessageReplayed',
  ],
  ...['VerificationCodeEntered', 'VerificationCodeMistaken', 'VerificationCodeRequested', 'SignInLinkUsed', 'PathProbed'],
  ...['CheckpointSaved', 'IdBlockTaken', 'LeaseReleased', 'LeaseRenewed', 'LeaseTaken', 'StreamDeleted', 'VapidKeysMade'],
]);
const ofEscalations = new Set([
  ...['LevelDue', 'LevelAwaited', 'LevelUnresolved', 'LevelPlanned', 'EndPlanned', 'NobodyFound', 'RetryPlanned'],
  ...['EscalationStarted', 'EscalationHalted', 'EscalationExhausted'],
]);
const ofNotifications = new Set([
  ...['NotificationPlanned', 'AttemptStarted', 'HandedOver', 'Delivered', 'AttemptFailed'],
  ...['NotificationFailed', 'NotificationCancelled', 'NotificationHeld', 'ReceiptOverdue', 'NotificationBroughtForward'],
]);

const ofActions = new Set([
  ...['ActionTriggered', 'ActionAttempted', 'ActionAttemptFailed', 'ActionSucceeded', 'ActionFailed', 'ActionCancelled'],
  'ActionHeldBack',
]);
const triggered = new Map(
  examples.flatMap(({ type, data }) => (type === 'ActionTriggered' ? [[(data as Triggered).run, data as Triggered]] : [])),
);
const silentInSlack = [
  'SlackPageSent',
  'SlackPostPlanned',
  'SlackPostOutdated',
  'SlackPostEnded',
  'SlackUpdatePlanned',
  'SlackAttemptStarted',
  'SlackEdited',
  'SlackUpdated',
];

const silentOfChannels = [
  'AlertChannelMembersJoined',
  'AlertChannelEnding',
  'AlertChannelAttempted',
  'AlertChannelDescribed',
  'AlertChannelDetachmentTold',
];

const linesOf = (event: { readonly type: string; readonly data: unknown }) => {
  if (event.type.startsWith('AlertChannel')) return alertChannelLines(event as AlertChannelEvent, names);
  if (event.type.startsWith('Slack')) return slackLines(event as SlackPostEvent, new Map([[3, 'C000001']]));
  if (ofNotifications.has(event.type)) return notificationLines(event as NotificationEvent, planned, names);
  if (ofActions.has(event.type)) return actionLines(event as ActionEvent, triggered, names);
  return ofEscalations.has(event.type) ? escalationLines(event as EscalationEvent) : alertLines(event as AlertEvent, names);
};

/** What sets an action off by itself and at once is followed by what came of it. */
const isAtOnce = ({ type, data }: { readonly type: string; readonly data: unknown }): boolean =>
  type === 'ActionTriggered' && (data as Triggered).by === undefined && (data as Triggered).dueAt <= (data as Triggered).at;

describe('an event of an alert', () => {
  const told = examples.filter(({ type }) => !notTold.has(type));
  // What the alert's own stream tells, and an attempt that its outcome follows, have no line of their own.
  const silent = new Set(
    [...ofEscalations, ...silentInSlack, ...silentOfChannels, 'AttemptStarted', 'ActionAttempted'].filter(
      (type) => type !== 'LevelDue' && type !== 'LevelUnresolved',
    ),
  );

  it.each(told.map((event, index) => [`${event.type} ${index}`, event] as const))('is told in both languages: %s', (_name, event) => {
    const lines = linesOf(event);
    expect(lines.length > 0).toBe(!silent.has(event.type) && !isAtOnce(event));
    for (const { text, logEntryType, filterTypes, vars } of lines) {
      expect(logEntryType).toMatch(/LogEntry$/);
      expect(filterTypes).not.toEqual([]);
      expect(text.en).not.toBe('');
      // Comments are the author's words; all else is translated.
      if (event.type !== 'CommentAdded') expect(text.de).not.toBe(text.en);
      expect(`${text.en}${text.de}${JSON.stringify(vars)}`).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('names its level in its data as in its sentence', () => {
    const levels = told.flatMap(linesOf).flatMap(({ text, vars: { level } }) => {
      const named = /Level (\d+)|level (\d+)/.exec(text.en);
      return level === undefined || named === null ? [] : [{ level, named: named[1] ?? named[2] }];
    });
    expect(levels.length).toBeGreaterThan(3);
    for (const { level, named } of levels) expect(level).toBe(named);
  });

  it('of a newer version is left out', () => {
    expect(alertLines({ type: 'AlertSang', data: { at: 1 } } as never, names)).toEqual([]);
    expect(notificationLines({ type: 'NotificationSang', data: { at: 1 } } as never, planned, names)).toEqual([]);
  });
});

describe('a timeline', () => {
  let directory: string;
  let log: EmbeddedLog;
  let store: EmbeddedEventStore;
  let readStore: EmbeddedReadStore;
  let runners: readonly ProjectionRunner[];
  let timeline: Timeline;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-timeline-'));
    log = await EmbeddedLog.open({ directory });
    store = new EmbeddedEventStore(log);
    readStore = await EmbeddedReadStore.open({ directory });
    const views = new Views(store, readStore);
    const following = { eventStore: store, readStore };
    runners = [
      views.add(NOTIFICATIONS_VIEW, new ProjectionRunner({ projection: notificationsView, ...following })),
      views.add(ALERT_ACTIONS_VIEW, new ProjectionRunner({ projection: alertActionsView, ...following })),
    ];
    await Promise.all(runners.map((runner) => runner.start()));
    timeline = new Timeline({ eventStore: store, readStore, views, visibleWithinMs: 2_000 });
  });
  afterAll(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await readStore.close();
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const append = (stream: string, type: string): Promise<unknown> => {
    const data = examples.find((event) => event.type === type)?.data;
    const event: NewEvent = {
      id: newUuid(),
      type,
      data,
      metadata: { schemaVersion: 1, time: instant(1), actor: { type: 'system', part: 'spec' }, correlationId: 'c', causationId: 'd' },
    };
    return store.append(stream, 'any', [event]);
  };
  const entries = (more: Partial<Parameters<Timeline['entries']>[1]> = {}) =>
    timeline.entries(ALERT, { language: 'en', filterTypes: [], skip: 0, limit: 1_000, ...more }, lookup);
  const numbered = (all: readonly PublicLogEntry[]) => new Map(all.map(({ id, text }) => [id, text]));

  it('of an alert nobody knows is refused', async () => {
    await expect(entries()).rejects.toMatchObject({ code: 'alert-not-found' });
  });

  it('keeps the number of each line while the log grows, whichever stream grows', async () => {
    const growth = [
      ['alert-4711', 'AlertRaised'],
      ['escalation-4711', 'LevelDue'],
      ['notification-4711-1-8', 'NotificationPlanned'],
      ['alert-4711', 'RespondersActivated'],
      ['notification-4711-1-8', 'HandedOver'],
      ['notification-4711-2-8', 'NotificationPlanned'],
      ['escalation-4711', 'LevelDue'],
      ['notification-4711-1-8', 'Delivered'],
      ['alert-4711', 'AlertAccepted'],
      ['notification-4711-2-8', 'NotificationCancelled'],
    ] as const;
    let before = new Map<number, string>();
    for (const [stream, type] of growth) {
      await append(stream, type);
      const now = numbered(await entries());
      for (const [id, text] of before) expect([id, now.get(id)]).toEqual([id, text]);
      expect(now.size).toBeGreaterThan(before.size);
      before = now;
    }
  });

  it('tells nothing that was appended while it was being read', async () => {
    const known = numbered(await entries());
    const read = jest.spyOn(store, 'readStream').mockImplementationOnce(async (stream) => {
      read.mockRestore();
      await append('alert-4711', 'AlertResolved');
      return store.readStream(stream);
    });
    expect(numbered(await entries())).toEqual(known);
    expect((await entries()).length).toBe(known.size + 1);
  });

  it('is newest first, in the language asked for, by pages', async () => {
    const all = await entries();
    expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => all.length - index));
    expect([...(await entries({ limit: 3 })), ...(await entries({ skip: 3 }))]).toEqual(all);
    expect((await entries({ language: 'de' })).at(-1)?.text).toContain('Empfangen von Monitor');
    expect(all.at(-1)?.text).toContain('Received from Monitor');
    const planned = { filterTypes: ['NOTIFICATIONS'] } as const;
    expect((await entries({ ...planned, language: 'de' })).at(-1)?.text).toContain(': für 2026-03-02T03:04:00.000Z geplant');
    expect((await entries(planned)).at(-1)?.text).toContain(': planned for 2026-03-02T03:04:00.000Z');
  });

  it('filters without renumbering', async () => {
    const all = numbered(await entries());
    const notifications = await entries({ filterTypes: ['NOTIFICATIONS'] });
    expect(notifications.length).toBeGreaterThan(0);
    for (const { id, text, filterTypes } of notifications) expect([filterTypes, all.get(id)]).toEqual([['NOTIFICATIONS'], text]);
    const both = await entries({ filterTypes: ['NOTIFICATIONS', 'ALERT_UPDATES'] });
    expect(both.length).toBeGreaterThan(notifications.length);
    expect(await entries({ filterTypes: ['CALL_ROUTING_EVENTS'] })).toEqual([]);
  });

  it('says "deleted user" of whom nobody knows', async () => {
    delete (people as Record<number, string>)[1];
    expect(JSON.stringify(await entries())).not.toContain('Ana');
  });

  it('is of its alert alone', async () => {
    const elsewhere: Parameters<Timeline['entries']> = [471 as AlertId, { language: 'en', filterTypes: [], skip: 0, limit: 9 }, lookup];
    await expect(timeline.entries(...elsewhere)).rejects.toMatchObject({ code: 'alert-not-found' });
  });
});
