import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlertEvent, AlertEventOf, Instant } from '@tocsin/domain';
import { EventStoreInBetween } from '@tocsin/event-store';
import type { AllPage, EventStore, Position, ReadAllQuery } from '@tocsin/event-store';
import type { StandaloneParts } from '@tocsin/standalone';
import fc from 'fast-check';
import { START, World } from '../../acceptance/src/world';
import { seed } from './seed';

jest.setTimeout(120_000);

type Move = { readonly minutes: number; readonly down: boolean };
type Fired = AlertEventOf<'RespondersActivated'>['data'];

const TIMEOUT_MIN = 10;
const LEVELS = 3;
const PASSES = 2;
const MINUTE_MS = 60_000;

/** What an alert did that nobody answers, over these moves and long enough after them. */
const climbed = async (
  parts: StandaloneParts,
  moves: readonly Move[],
  meanwhile: (world: World) => Promise<void> = async () => undefined,
) => {
  const world = await World.start(parts);
  try {
    const names = ['ana', 'ben', 'cleo'];
    const levels = [];
    for (const name of names)
      levels.push({ targets: [{ type: 'user' as const, userId: await world.person(name) }], timeoutMin: TIMEOUT_MIN });
    const key = await world.source(await world.policy(levels, { repeating: true, frequency: PASSES }));
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    for (const { minutes, down } of moves) await (down ? world.down(`${minutes}m`, () => meanwhile(world)) : world.advance(`${minutes}m`));
    await world.advance('12h');
    const { id } = await world.alert();
    const events = (await world.platform.eventStore.readStream(`alert-${id}`)).map(({ type, data }) => ({ type, data }) as AlertEvent);
    return {
      fired: events.flatMap((event): Fired[] => (event.type === 'RespondersActivated' ? [event.data] : [])),
      ended: events.filter(({ type }) => type === 'EscalationEnded').length,
      pages: names.map((name) => world.mailbox(name).all().length),
      fallback: world.mailbox('admin').all().length,
    };
  } finally {
    await world.stop();
  }
};

/** When Tocsin was running, so that something due could fire. */
const firstRunningFrom = (due: Instant, moves: readonly Move[]): Instant => {
  let at: number = START;
  for (const { minutes, down } of moves) {
    const until = at + minutes * MINUTE_MS;
    if (down && due > at && due < until) return until as Instant;
    at = until;
  }
  return due;
};

/** Every level once, in its order, when it was due or at the first moment after it, and how late is on record. */
const isComplete = ({ fired, ended, pages, fallback }: Awaited<ReturnType<typeof climbed>>, moves: readonly Move[]): boolean => {
  const steps = fired.map(({ step }) => `${step.pass}/${step.level}`);
  const expected = Array.from({ length: PASSES * LEVELS }, (_, index) => `${Math.floor(index / LEVELS) + 1}/${index % LEVELS}`);
  const inTime = fired.every(({ at, lateMs }, index) => {
    const before = fired[index - 1];
    const dueAt = (before === undefined ? START : before.at + TIMEOUT_MIN * MINUTE_MS) as Instant;
    return at === firstRunningFrom(dueAt, moves) && lateMs === at - dueAt;
  });
  return steps.join() === expected.join() && inTime && ended === 1 && fallback === 1 && pages.every((count) => count === PASSES);
};

/** A reader that takes what was there before it started for done. */
class Forgetful extends EventStoreInBetween {
  private readonly begun: Promise<Position>;

  constructor(inner: EventStore) {
    super(inner);
    this.begun = inner.head();
  }

  override async readAll(query: ReadAllQuery): Promise<AllPage> {
    const isTimers = query.prefixes.includes('escalation-') && !query.prefixes.includes('alert-');
    const begun = await this.begun;
    return super.readAll(isTimers && query.after < begun ? { ...query, after: begun } : query);
  }
}

describe('an escalation over restarts at any time (P6)', () => {
  const moves = fc.array(fc.record({ minutes: fc.integer({ min: 0, max: 35 }), down: fc.boolean() }), { minLength: 2, maxLength: 8 });

  it('fires every level once, in order, none before its time, and marks what was late', async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (some) => isComplete(await climbed({}, some), some)),
      { seed, numRuns: 8, endOnFailure: true },
    );
  });

  it('does so when the views were lost while it was down', async () => {
    const some: readonly Move[] = [
      { minutes: 3, down: false },
      { minutes: 25, down: true },
      { minutes: 1, down: true },
    ];
    const outcome = await climbed({}, some, (world) => rm(join(world.directory, 'views.db'), { force: true }));
    expect(isComplete(outcome, some)).toBe(true);
  });

  it('turns the check red where a reader counts as done what it has not read', async () => {
    const some: readonly Move[] = [
      { minutes: 3, down: false },
      { minutes: 25, down: true },
    ];
    const outcome = await climbed({ around: { eventStore: (inner) => new Forgetful(inner) } }, some, (world) =>
      rm(join(world.directory, 'views.db'), { force: true }),
    );
    expect(isComplete(outcome, some)).toBe(false);
    expect(outcome.fired).toHaveLength(1);
  });
});
