import type { UserId } from '@tocsin/domain';
import fc from 'fast-check';
import { World } from '../../acceptance/src/world';

export type Step =
  | {
      readonly do: 'event';
      readonly source: number;
      readonly eventType: string;
      readonly alertKey: string;
      readonly priority: 'HIGH' | 'LOW';
    }
  | { readonly do: 'command'; readonly what: 'accept' | 'resolve'; readonly which: number }
  | { readonly do: 'assign' | 'add' | 'remove'; readonly which: number; readonly who: number }
  | { readonly do: 'press'; readonly purpose: 'accept' | 'resolve' | 'escalate'; readonly who: number }
  | { readonly do: 'wait' | 'restart'; readonly minutes: number }
  | { readonly do: 'trouble'; readonly code: number; readonly times: number }
  | { readonly do: 'mute'; readonly who: number; readonly minutes: number };

const which = fc.nat({ max: 5 });
const who = fc.nat({ max: 2 });
const event: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('event' as const),
  source: fc.nat({ max: 1 }),
  eventType: fc.constantFrom('ALERT', 'ALERT', 'ALERT', 'RESOLVE', 'ACCEPT', 'COMMENT'),
  alertKey: fc.constantFrom('disk', 'Disk ', 'memory', 'network'),
  priority: fc.constantFrom('HIGH' as const, 'LOW' as const),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: event },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('command' as const), what: fc.constantFrom('accept' as const, 'resolve' as const), which }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('assign' as const, 'add' as const, 'remove' as const), which, who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('press' as const),
      purpose: fc.constantFrom('accept' as const, 'resolve' as const, 'escalate' as const),
      who,
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 5, 10, 31, 120) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), minutes: fc.constantFrom(0, 7, 60) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('trouble' as const), code: fc.constantFrom(451, 550), times: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mute' as const), who, minutes: fc.constantFrom(0, 30) }) },
);

/** Something that pages somebody comes first, so that no story is empty. */
const opening: readonly Step[] = [
  { do: 'event', source: 0, eventType: 'ALERT', alertKey: 'disk', priority: 'HIGH' },
  { do: 'wait', minutes: 5 },
];

export const randomSteps = (seed: number, length: number): readonly Step[] => [
  ...opening,
  ...(fc.sample(fc.array(step, { minLength: length, maxLength: length, size: 'max' }), { seed, numRuns: 1 })[0] ?? []),
];

/** Three people, two sources, one that groups; then whatever the steps say. */
export class RandomStory {
  private constructor(
    private readonly world: World,
    private readonly people: readonly UserId[],
    private readonly keys: readonly string[],
  ) {}

  static async in(world: World): Promise<RandomStory> {
    const now = { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0 } as const;
    const ana = await world.person('ana');
    const ben = await world.person('ben', { preferences: [now, { ...now, delayMin: 10 }, { ...now, type: 'LOW_PRIORITY' }] });
    const cleo = await world.person('cleo', { preferences: [{ ...now, delayMin: 3 }] });
    const days = await world.shifts('Days', [{ userId: cleo, start: '2026-01-05T10:00', end: '2026-01-05T18:00' }]);
    const policy = await world.policy(
      [
        { targets: [{ type: 'user', userId: ana }], timeoutMin: 5 },
        { targets: [{ type: 'schedule', scheduleId: days }], timeoutMin: 5 },
        {
          targets: [
            { type: 'user', userId: ben },
            { type: 'user', userId: cleo },
          ],
          timeoutMin: 10,
        },
      ],
      { repeating: true, frequency: 2, delayMin: 2 },
    );
    return new RandomStory(
      world,
      [ana, ben, cleo],
      [await world.source(policy), await world.source(policy, { alertCreation: 'ONE_OPEN_ALERT_ALLOWED' })],
    );
  }

  async tell(steps: readonly Step[]): Promise<void> {
    for (const one of steps) await this.take(one);
  }

  private async take(step: Step): Promise<void> {
    const { world } = this;
    switch (step.do) {
      case 'event': {
        const { eventType, alertKey, priority } = step;
        await world.event(this.keys[step.source] ?? '', { eventType, alertKey, priority, summary: `${alertKey.trim()} ${priority}` });
        return;
      }
      case 'wait':
        return world.advance(`${step.minutes}m`);
      case 'restart':
        return world.down(`${step.minutes}m`);
      case 'trouble':
        return world.mail.refuse({ code: step.code, times: step.times });
      case 'mute':
        return world.changePerson(this.person(step.who), (person) => ({
          ...person,
          mutedUntil: (world.clock.now() + step.minutes * 60_000) as never,
        }));
      case 'press': {
        const box = world.mailbox(['ana', 'ben', 'cleo'][step.who] ?? '');
        if (box.all().some(({ text }) => text.includes(`/answer/${step.purpose}/`))) await this.press(box, step.purpose);
        return;
      }
      default:
        return this.onAlert(step);
    }
  }

  private async press(box: ReturnType<World['mailbox']>, purpose: 'accept' | 'resolve' | 'escalate'): Promise<void> {
    try {
      await this.world.press(box.link(purpose));
    } catch (error) {
      // The newest page may be one without this link.
      if (!(error instanceof Error) || !error.message.startsWith('no ')) throw error;
    }
  }

  private async onAlert(step: Extract<Step, { which: number }>): Promise<void> {
    const { world } = this;
    const alert = (await world.alerts())[step.which];
    if (alert === undefined) return;
    switch (step.do) {
      case 'command':
        await world.put(`/api/alerts/${alert.id}/${step.what}`);
        break;
      case 'assign':
        await world.put(`/api/alerts/${alert.id}/assign?user=${this.person(step.who)}`);
        break;
      case 'add':
        await world.post(`/api/alerts/${alert.id}/responders?user=${this.person(step.who)}`);
        break;
      case 'remove':
        await world.delete(`/api/alerts/${alert.id}/responders/${this.person(step.who)}`);
        break;
    }
    await world.settle();
  }

  private person(index: number): UserId {
    return this.people[index] ?? (1 as UserId);
  }
}
