import type { PathProbe } from '@tocsin/contracts';
import { plusMs } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import { ProbeRounds, ROUNDS_APART } from './probe-rounds';

const SINCE = 1_767_603_600_000 as Instant;
const MINUTE = 60_000;
const at = (minutes: number): Instant => plusMs(SINCE, minutes * MINUTE);
const probe = (minute: number, lane: number, saw: readonly string[] = []): PathProbe => ({ round: at(minute), of: 2, lane, saw });
const rounds = (): ProbeRounds => new ProbeRounds(SINCE, MINUTE);

describe('a round of probes', () => {
  it('says that the path is open when the last of them has come through', () => {
    const judged = rounds();
    expect(judged.arrived(probe(1, 0), at(1))).toBeUndefined();
    expect(judged.arrived(probe(1, 1), at(1))).toEqual([]);
  });

  it('is not ended by one of them that comes twice', () => {
    const judged = rounds();
    judged.arrived(probe(1, 0), at(1));
    expect(judged.arrived(probe(1, 0), at(1))).toBeUndefined();
  });

  it('tells what any of them saw, once', () => {
    const judged = rounds();
    judged.arrived(probe(1, 0, ['a lane is stuck']), at(1));
    expect(judged.arrived(probe(1, 1, ['a lane is stuck']), at(1))).toEqual(['a lane is stuck']);
  });

  it('is no good sign when it took longer than the time until the next one', () => {
    const judged = rounds();
    judged.arrived(probe(1, 0), at(1));
    expect(judged.arrived(probe(1, 1), plusMs(at(2), 1))).toEqual(['the path took 61 s']);
  });

  it('is still good when it took just that long', () => {
    const judged = rounds();
    judged.arrived(probe(1, 0), at(1));
    expect(judged.arrived(probe(1, 1), at(2))).toEqual([]);
  });

  it('is not judged when it left before anybody listened: somebody else may have met the others of it', () => {
    const judged = rounds();
    judged.arrived(probe(-1, 0), at(1));
    judged.arrived(probe(-1, 1), at(1));
    judged.arrived(probe(1, 2), at(1));
    expect(judged.arrived(probe(1, 3), at(1))).toEqual([]);
  });
});

describe('a probe that does not come through', () => {
  const incomplete = (): ProbeRounds => {
    const judged = rounds();
    judged.arrived(probe(1, 0), at(1));
    return judged;
  };

  it('keeps later rounds from being a good sign', () => {
    const judged = incomplete();
    judged.arrived(probe(2, 2), at(2));
    expect(judged.arrived(probe(2, 3), at(2))).toEqual(['1 of 2 probes of 2026-01-05T09:01:00.000Z have not come through']);
  });

  it('does so no longer once it comes', () => {
    const judged = incomplete();
    judged.arrived(probe(1, 1), at(2));
    judged.arrived(probe(2, 2), at(2));
    expect(judged.arrived(probe(2, 3), at(2))).toEqual([]);
  });

  it('does so no longer when its lane was used again', () => {
    const judged = incomplete();
    let last: readonly string[] | undefined;
    for (let minute = 2; minute <= ROUNDS_APART + 1; minute++) {
      judged.arrived(probe(minute, 2 * minute), at(minute));
      last = judged.arrived(probe(minute, 2 * minute + 1), at(minute));
      if (minute <= ROUNDS_APART) expect(last).toHaveLength(1);
    }
    expect(last).toEqual([]);
  });
});
