import { readinessCodes } from '@tocsin/contracts';
import { Clock, plusMs } from '@tocsin/domain';
import type { Instant, Readiness, ReadinessProblem } from '@tocsin/domain';
import { PeopleReadiness } from '@tocsin/platform';
import type { Metrics } from '@tocsin/platform';
import { People } from './people';

/** A scrape every few seconds must not ask for everybody each time. */
const LOOK_AGAIN_MS = 60_000;
const ASKED_AT_ONCE = 16;

interface Counted {
  readonly at: Instant;
  readonly unready: number;
  readonly problems: ReadonlyMap<ReadinessProblem['type'], number>;
}

/** How many people a page would not reach, and why: numbers only. */
export class ReadinessMetrics {
  private counted: Promise<Counted> | undefined;

  constructor(
    private readonly people: People,
    private readonly readiness: PeopleReadiness,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge(
      { name: 'tocsin_people_unready', help: 'People whom a page would not reach now.' },
      async () => (await this.now()).unready,
    );
    metrics.gauge(
      { name: 'tocsin_people_readiness_problems', help: 'People who have such a problem with how they are reached.', labels: ['problem'] },
      async () => {
        const { problems } = await this.now();
        return Object.keys(readinessCodes).map((problem) => ({
          labels: { problem },
          value: problems.get(problem as ReadinessProblem['type']) ?? 0,
        }));
      },
    );
  }

  private async now(): Promise<Counted> {
    const before = await this.counted;
    if (before === undefined || this.clock.now() >= plusMs(before.at, LOOK_AGAIN_MS)) this.counted = this.count();
    return (await this.counted) ?? this.count();
  }

  private async count(): Promise<Counted> {
    const at = this.clock.now();
    const problems = new Map<ReadinessProblem['type'], number>();
    let unready = 0;
    const people = this.people.all();
    const readinessOf = this.readiness.together();
    for (let from = 0; from < people.length; from += ASKED_AT_ONCE) {
      const some = await Promise.all(people.slice(from, from + ASKED_AT_ONCE).map(readinessOf));
      for (const readiness of some) {
        if (!readiness.isReady) unready += 1;
        for (const type of typesOf(readiness)) problems.set(type, (problems.get(type) ?? 0) + 1);
      }
    }
    return { at, unready, problems };
  }
}

const typesOf = ({ problems }: Readiness): ReadonlySet<ReadinessProblem['type']> => new Set(problems.map(({ type }) => type));
