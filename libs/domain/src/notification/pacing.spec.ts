import * as fc from 'fast-check';
import { fold } from '../decider';
import type { AlertId, AlertSourceId, ContactId, UserId } from '../ids';
import { second } from '../testing/notification-builders';
import { plusMs, type Instant } from '../time';
import {
  BUNDLE_WAIT_MS,
  bundleWith,
  identicalPages,
  isPaced,
  MOST_IN_BUNDLE,
  pacingDecider,
  pacingStream,
  repeatedFrom,
  verdictOn,
  type PacingCommand,
} from './pacing';
import type { Pacing, PacingEvent, PacingVerdict } from './pacing-events';

type Pace = Extract<PacingCommand, { type: 'pace' }>;

const page = (
  id: number,
  at: Instant,
  changes: Partial<Pick<Pace, 'method' | 'arrived'>> & { readonly source?: number; readonly page?: Partial<Pace['page']> } = {},
): Pace => ({
  type: 'pace',
  at,
  method: changes.method ?? 'SMS',
  arrived: changes.arrived ?? [],
  page: {
    notification: `notification-${id}-1-8`,
    notificationId: id,
    alertId: id as AlertId,
    sourceId: (changes.source ?? 1) as AlertSourceId,
    activation: 1,
    text: 0,
    ...changes.page,
  },
});
const closes = (bundle: number, at: Instant): PacingCommand => ({ type: 'close', at, bundle });

const paced = (...commands: readonly PacingCommand[]): { readonly events: readonly PacingEvent[]; readonly state: Pacing } => {
  const events: PacingEvent[] = [];
  let state = pacingDecider.initial;
  for (const command of commands) {
    const decided = pacingDecider.decide(command, state);
    events.push(...decided);
    state = fold(pacingDecider, decided, state);
  }
  return { events, state };
};
/** What becomes of the last of these pages. */
const verdict = (...commands: readonly PacingCommand[]): PacingVerdict | undefined => {
  const last = paced(...commands).events.at(-1);
  return last?.type === 'PagePaced' ? last.data.verdict : undefined;
};
const pages = (count: number, at: Instant, changes: Parameters<typeof page>[2] = {}, first = 1): readonly Pace[] =>
  Array.from({ length: count }, (_, index) => page(first + index, at, changes));
const alone: PacingVerdict = { type: 'alone' };

describe.each(['SMS', 'EMAIL', 'VOICE'] as const)('pages by %s (SEMANTICS 8.9)', (method) => {
  const by = (count: number, at: Instant, source = 1, first = 1) => pages(count, at, { method, source }, first);

  it('go out one by one, the first three of a source in three minutes', () => {
    expect(verdict(...by(3, second(0)))).toEqual(alone);
  });
  it('wait for each other from the fourth on, half a minute and no longer (B29)', () => {
    expect(verdict(...by(4, second(0)))).toEqual({ type: 'bundled', bundle: 4, dueAt: second(30) });
    expect(verdict(...by(4, second(0)), ...by(1, second(29), 1, 5))).toEqual({ type: 'bundled', bundle: 4, dueAt: second(30) });
  });
  it('of another source are not held up by one that is noisy', () => {
    expect(verdict(...by(9, second(0)), ...by(1, second(1), 2, 10))).toEqual(alone);
  });
  it('go out one by one again when the three minutes since the first one are over', () => {
    expect(verdict(...by(4, second(0)), ...by(1, second(179.999), 1, 5))).toMatchObject({ type: 'bundled' });
    expect(verdict(...by(4, second(0)), ...by(1, second(180), 1, 5))).toEqual(alone);
  });
  it('begin another bundle when the one before is on its way', () => {
    const before = [...by(4, second(0)), closes(4, second(30))];
    expect(verdict(...before, ...by(1, second(31), 1, 5))).toEqual({ type: 'bundled', bundle: 5, dueAt: second(61) });
  });
  it('are not left out for saying the same: whoever chose two texts gets two', () => {
    const again = page(9, second(60), { method, page: { alertId: 1 as AlertId } });
    expect(identicalPages(paced(...by(1, second(0))).state, method, again.page, second(60))).toEqual([]);
  });
});

describe.each(['PUSH', 'SLACK', 'TELEGRAM', 'WHATSAPP'] as const)('pages by %s (SEMANTICS 8.9)', (method) => {
  const by = (count: number, at: Instant, first = 1) => pages(count, at, { method }, first);

  it('go out one by one, the first twenty in a minute, whatever source they are of', () => {
    expect(verdict(...by(20, second(0)))).toEqual(alone);
    expect(verdict(...by(20, second(0)), page(21, second(1), { method, source: 2 }))).toEqual({
      type: 'bundled',
      bundle: 21,
      dueAt: second(31),
    });
    expect(verdict(...by(21, second(0)), ...by(1, second(60), 22))).toEqual(alone);
  });

  const again = (at: Instant, changes: Partial<Pace['page']> = {}, arrived = ['notification-1-1-8']) =>
    page(2, at, { method, arrived, page: { notification: 'notification-1-1-9', alertId: 1 as AlertId, ...changes } });
  it('that say what arrived there less than four minutes before are left out, and which one that was is on record', () => {
    expect(verdict(page(1, second(0), { method }), again(second(239)))).toEqual({ type: 'identical', notification: 'notification-1-1-8' });
    expect(verdict(page(1, second(0), { method }), again(second(240)))).toEqual(alone);
  });
  it('are sent when the one before them has not arrived for certain', () => {
    expect(verdict(page(1, second(0), { method }), again(second(9), {}, []))).toEqual(alone);
  });
  it.each([
    ['another level or pass: another activation (B29)', { activation: 2 }],
    ['another summary or priority', { text: 3 }],
    ['another alert', { alertId: 7 as AlertId }],
  ])('are sent when they are about %s', (_name, changes) => {
    expect(verdict(page(1, second(0), { method }), again(second(9), changes))).toEqual(alone);
  });
});

describe('a plan', () => {
  it('has the pages that would only repeat another one', () => {
    const [now, soon, later] = [0, 120, 240].map((seconds) => ({ method: 'PUSH' as const, at: second(seconds) }));
    const mail = { method: 'EMAIL' as const, contactId: 3 as ContactId, at: second(0) };
    const plan = [later, now, soon, mail, { ...mail, at: second(60) }].filter((each) => each !== undefined);
    expect([...repeatedFrom(plan)]).toEqual([[soon, second(0)]]);
  });
});

describe('a bundle', () => {
  it('takes in no more than a message holds', () => {
    const { state } = paced(...pages(3 + MOST_IN_BUNDLE + 1, second(0)));
    expect(state.bundles.map(({ pages: { length } }) => length)).toEqual([MOST_IN_BUNDLE, 1]);
  });
  it('is closed once', () => {
    const closed = [...pages(5, second(0)), closes(4, second(30))];
    expect(paced(...closed).events.at(-1)).toMatchObject({ type: 'BundleClosed', data: { bundle: 4 } });
    expect(paced(...closed, closes(4, second(31))).events).toEqual(paced(...closed).events);
    expect(bundleWith(paced(...closed).state, 'notification-5-1-8')?.pages).toHaveLength(2);
  });
  it('is remembered for an hour, so that what failed is sent again as one', () => {
    const closed = [...pages(5, second(0)), closes(4, second(30))];
    const remembered = (seconds: number) => bundleWith(paced(...closed, page(99, second(seconds))).state, 'notification-4-1-8');
    expect(remembered(3_629)).toBeDefined();
    expect(remembered(3_631)).toBeUndefined();
  });
});

describe('what is said of a page', () => {
  it('is said once: a page that asks again is told the same, and counts once', () => {
    const four = pages(4, second(0));
    const twice = four.flatMap((each) => [each, { ...each, at: second(1) }]);
    expect(paced(...twice.toSorted((a, b) => a.at - b.at)).events).toEqual(paced(...four).events);
  });
});

describe('the place that pages go to', () => {
  const of = { userId: 7 as UserId, method: 'SMS', contactId: 12 as ContactId, purpose: 'page' } as const;
  it('is one of a person, a method and a contact', () => {
    expect(pacingStream(of)).toBe('pace-7-sms-12');
    expect(pacingStream({ userId: 7 as UserId, method: 'PUSH', purpose: 'fallback' })).toBe('pace-7-push');
  });
  it('is another one for news, however many there are: they keep no page from going out', () => {
    expect([pacingStream({ ...of, purpose: 'update' }), pacingStream({ ...of, purpose: 'subscription' })]).toEqual([
      'pace-7-sms-12-news',
      'pace-7-sms-12-news',
    ]);
  });
  it('is none for what somebody has asked for', () => {
    const all = ['page', 'fallback', 'test', 'sign-in', 'verification', 'update', 'duty', 'subscription'] as const;
    expect(all.filter((purpose) => !isPaced(purpose))).toEqual(['test', 'sign-in', 'verification', 'duty']);
  });
});

describe('pages in any number, at any pace', () => {
  const steps = fc.array(
    fc.record({ afterMs: fc.oneof(fc.constant(0), fc.nat(5_000), fc.nat(200_000)), source: fc.nat(2), closing: fc.boolean() }),
    { maxLength: 150 },
  );
  const methods = fc.constantFrom('SMS' as const, 'PUSH' as const);
  const tell = (
    method: 'SMS' | 'PUSH',
    story: readonly { readonly afterMs: number; readonly source: number; readonly closing: boolean }[],
  ) => {
    let [at, state] = [second(0), pacingDecider.initial];
    const told: {
      readonly at: Instant;
      readonly source: number;
      readonly verdict: PacingVerdict;
      readonly openBefore: readonly number[];
    }[] = [];
    story.forEach(({ afterMs, source, closing }, index) => {
      at = plusMs(at, afterMs);
      for (const { id, dueAt, closedAt } of state.bundles)
        if (closing && dueAt <= at && closedAt === undefined)
          state = fold(pacingDecider, pacingDecider.decide(closes(id, at), state), state);
      const closed = state.bundles.filter(({ closedAt }) => closedAt !== undefined);
      const command = page(index + 1, at, { method, source });
      const events = pacingDecider.decide(command, state);
      const [paced] = events;
      if (paced?.type !== 'PagePaced') throw new Error('nothing was said of a page');
      told.push({ at, source, verdict: paced.data.verdict, openBefore: closed.map(({ id }) => id) });
      state = fold(pacingDecider, events, state);
      expect(pacingDecider.decide(command, state)).toEqual([]);
      expect(verdictOn(state, command.page.notification)).toEqual(paced.data.verdict);
      expect(fold(pacingDecider, JSON.parse(JSON.stringify(events)) as PacingEvent[])).toEqual(state);
    });
    return told;
  };

  it('none waits longer than half a minute, and none joins a message that is on its way (B29)', () => {
    fc.assert(
      fc.property(methods, steps, (method, story) => {
        for (const { at, verdict: said, openBefore } of tell(method, story)) {
          if (said.type !== 'bundled') continue;
          expect(said.dueAt).toBeGreaterThan(at);
          expect(said.dueAt - at).toBeLessThanOrEqual(BUNDLE_WAIT_MS);
          expect(openBefore).not.toContain(said.bundle);
        }
      }),
    );
  });
  it('whoever has been left in peace gets the next one at once', () => {
    fc.assert(
      fc.property(methods, steps, (method, story) => {
        const told = tell(method, story);
        told.forEach(({ at, source, verdict: said }, index) => {
          const lately = told.slice(0, index);
          const ofSource = lately.filter((other) => at - other.at < 180_000 && other.source === source).length;
          const inAll = lately.filter((other) => at - other.at < 60_000).length;
          if ((method === 'PUSH' || ofSource < 3) && inAll < 20) expect(said).toEqual(alone);
        });
      }),
    );
  });
  it('of one source no more than three by text go out one by one in the three minutes from one that did', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const single = tell('SMS', story).filter(({ verdict: said }) => said.type === 'alone');
        for (const source of [0, 1, 2]) {
          const times = single.filter((each) => each.source === source).map(({ at }) => at);
          let opened = -Infinity;
          let count = 0;
          for (const at of times) {
            if (at - opened >= 180_000) [opened, count] = [at, 0];
            count += 1;
            expect(count).toBeLessThanOrEqual(3);
          }
        }
      }),
    );
  });
});
