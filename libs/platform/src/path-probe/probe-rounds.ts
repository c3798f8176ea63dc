import type { PathProbe } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';

/** As many rounds as have lanes of their own; after them the lanes begin again. */
export const ROUNDS_APART = 12;

interface Round {
  readonly begun: Instant;
  readonly of: number;
  readonly lanes: Set<number>;
  readonly saw: Set<string>;
}

/** What the probes that come through say of the path. */
export class ProbeRounds {
  /** Oldest first. */
  private rounds: readonly Round[] = [];

  constructor(
    /** Rounds from before are not judged: others may have met a part of them. */
    private readonly since: Instant,
    /** Slower than that is not working. */
    private readonly withinMs: number,
  ) {}

  /**
   * Once all of its round are there: everything that is the matter, nothing when the path is open. Undefined until then.
   * A round of which some are missing keeps all later ones from being judged well, until its lanes begin again.
   */
  arrived(probe: PathProbe, at: Instant): readonly string[] | undefined {
    if (probe.round < this.since) return undefined;
    const round = this.roundOf(probe);
    if (round.lanes.has(probe.lane)) return undefined;
    round.lanes.add(probe.lane);
    for (const obstruction of probe.saw) round.saw.add(obstruction);
    if (round.lanes.size < round.of) return undefined;
    const tookMs = at - round.begun;
    return [
      ...round.saw,
      ...(tookMs > this.withinMs ? [`the path took ${Math.ceil(tookMs / 1_000)} s`] : []),
      ...this.rounds
        .filter(({ begun, of, lanes }) => begun < round.begun && lanes.size < of)
        .map(({ begun, of, lanes }) => `${of - lanes.size} of ${of} probes of ${toIso(begun)} have not come through`),
    ];
  }

  private roundOf({ round: begun, of }: PathProbe): Round {
    const known = this.rounds.find((round) => round.begun === begun);
    if (known !== undefined) return known;
    const round: Round = { begun, of, lanes: new Set(), saw: new Set() };
    this.rounds = [...this.rounds, round].sort((a, b) => a.begun - b.begun).slice(-ROUNDS_APART);
    return round;
  }
}
