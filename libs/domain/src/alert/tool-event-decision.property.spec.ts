import fc from 'fast-check';
import type { AlertId } from '../ids';
import { minute, sourceId, ToolEventStory, type Delivered } from '../testing';
import { normaliseAlertKey } from './alert-key';
import type { GroupingSettings, KeyedToolEvent } from './tool-event';

const modes: readonly GroupingSettings[] = [
  { alertCreation: 'ONE_ALERT_PER_EMAIL' },
  { alertCreation: 'ONE_ALERT_PER_EMAIL_SUBJECT' },
  { alertCreation: 'ONE_PENDING_ALERT_ALLOWED' },
  { alertCreation: 'ONE_OPEN_ALERT_ALLOWED' },
  { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', windowMs: 20 * 60_000 },
];

type Move =
  | { readonly type: 'event'; readonly event: Omit<KeyedToolEvent, 'sourceId' | 'receivedAt'>; readonly crash: boolean }
  | { readonly type: 'resolved' | 'accepted'; readonly which: number };

const key = fc.constantFrom('disk', 'DISK ', 'cpu', ' Cpu', undefined);
const episode = fc.constantFrom('1', '2', '3', undefined);
const member = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  episode: fc.constantFrom('1', '2', '3'),
  state: fc.constantFrom('firing' as const, 'resolved' as const),
});
const event = fc.record({
  eventType: fc.constantFrom('ALERT' as const, 'ALERT' as const, 'RESOLVE' as const, 'ACCEPT' as const, 'COMMENT' as const),
  alertKey: key,
  episode,
  summary: fc.constantFrom('disk full', 'cpu hot'),
  priority: fc.constantFrom('HIGH' as const, 'LOW' as const),
  comments: fc.constant([{ content: 'hm' }]),
  members: fc.option(fc.uniqueArray(member, { minLength: 1, maxLength: 3, selector: ({ key: of }) => of }), { nil: undefined, freq: 3 }),
});
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('event' as const), event: event.map(withoutHoles), crash: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('resolved' as const, 'accepted' as const), which: fc.nat(9) }) },
);
const moves = fc.array(move, { minLength: 1, maxLength: 30 });
const runs = { numRuns: 200 };

function withoutHoles(made: {
  readonly members: readonly { readonly key: string; readonly episode: string; readonly state: 'firing' | 'resolved' }[] | undefined;
  readonly alertKey: string | undefined;
  readonly episode: string | undefined;
  readonly eventType: KeyedToolEvent['eventType'];
}): Omit<KeyedToolEvent, 'sourceId' | 'receivedAt'> {
  const { members, ...rest } = made;
  const kept = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as unknown as Omit<
    KeyedToolEvent,
    'sourceId' | 'receivedAt'
  >;
  return members === undefined ? kept : { ...kept, members: members.map((of) => ({ ...of, summary: of.key })) };
}

const delivered = (index: number, of: Omit<KeyedToolEvent, 'sourceId' | 'receivedAt'>): Delivered => ({
  id: `event-${index}`,
  position: { epoch: 'e1', partition: 0, offset: index },
  event: { sourceId, receivedAt: minute(index), ...of },
});

/** Plays the moves; `redeliver` says which of the events so far come again after each move. */
const play = (
  settings: GroupingSettings,
  story: readonly Move[],
  redeliver: (soFar: readonly Delivered[]) => readonly Delivered[],
  check: (played: ToolEventStory) => void,
) => {
  const played = new ToolEventStory(settings);
  const soFar: Delivered[] = [];
  story.forEach((made, index) => {
    if (made.type === 'event') {
      const one = delivered(index, made.event);
      // A crash between the two streams is followed by the redelivery, before anything else of this key.
      if (made.crash) played.deliver(one, minute(index), 'after-guard');
      played.deliver(one, minute(index));
      soFar.push(one);
    } else {
      const ids = played.alertIds();
      const alertId = ids[made.which % Math.max(1, ids.length)] as AlertId | undefined;
      if (alertId !== undefined && made.type === 'resolved') played.resolvedByPerson(alertId, minute(index));
      if (alertId !== undefined && made.type === 'accepted') played.acceptedByPerson(alertId, minute(index));
    }
    const before = played.stored();
    for (const again of redeliver(soFar)) played.deliver(again, minute(index));
    expect(played.stored()).toEqual(before);
    check(played);
  });
  return played;
};

describe.each(modes)('tool events of a source with $alertCreation', (settings) => {
  it('change nothing when any of them is delivered again, any number of times (P4)', () => {
    fc.assert(
      fc.property(moves, fc.infiniteStream(fc.nat(99)), (story, picks) => {
        const next = () => picks.next().value as number;
        play(
          settings,
          story,
          (soFar) => {
            const from = next() % (soFar.length + 1);
            const suffix = soFar.slice(from);
            return next() % 2 === 0 ? [...suffix, ...suffix] : soFar.slice(0, from);
          },
          () => undefined,
        );
      }),
      runs,
    );
  });

  it('leave at most one open alert for a key (P2)', () => {
    fc.assert(
      fc.property(moves, (story) => {
        play(
          settings,
          story,
          () => [],
          (played) => {
            const open = played
              .open()
              .flatMap(({ alertKey, keys }) =>
                keys.grouping === 'mode' ? keys.open.map(({ key: of }) => of) : [normaliseAlertKey(alertKey)],
              );
            const keyed = open.filter((of) => of !== undefined);
            expect(new Set(keyed).size).toBe(keyed.length);
          },
        );
      }),
      runs,
    );
  });

  it('never touch a resolved alert again but to log, and leave the same alerts when crashes fall between the streams', () => {
    fc.assert(
      fc.property(moves, (story) => {
        const calm = story.map((made) => (made.type === 'event' ? { ...made, crash: false } : made));
        const statuses = (played: ToolEventStory) => played.alerts();
        expect(
          statuses(
            play(
              settings,
              story,
              () => [],
              () => undefined,
            ),
          ),
        ).toEqual(
          statuses(
            play(
              settings,
              calm,
              () => [],
              () => undefined,
            ),
          ),
        );
      }),
      runs,
    );
  });
});
