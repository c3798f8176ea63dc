import type { PathProbe } from '@tocsin/contracts';
import { plusMs } from '@tocsin/domain';
import type { Clock, Instant, Timer } from '@tocsin/domain';
import { backOffMs, pause } from '@tocsin/messaging';
import type { BackOff, Pause } from '@tocsin/messaging';
import type { BackgroundPart } from '../background';
import type { Logger } from '../logging';
import type { Counter, Metrics } from '../metrics';
import type { IsOwner } from '../ownership';
import type { HeartbeatSettings } from './heartbeat-settings';
import { ping } from './ping';
import { ProbeRounds } from './probe-rounds';

export interface HeartbeatParts {
  readonly heartbeat: HeartbeatSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
  readonly isOwner: IsOwner;
  readonly backOff?: BackOff;
}

const TRIES = 4;
const BACK_OFF: BackOff = { firstMs: 500, longestMs: 5_000 };
/** Rounds that may stay out before it is said that they do. */
const QUIET_ROUNDS = 2;

/**
 * The dead-man's switch: each round of probes that comes through whole and in time is one ping. It withholds the ping and
 * says why; that the ping stays out is what somebody elsewhere acts on. The target can be as slow or broken as it likes:
 * nothing waits for it.
 */
export class Heartbeat implements BackgroundPart {
  private readonly outcomes: Counter<'outcome'>;
  private readonly stopping = new AbortController();
  private rounds: ProbeRounds | undefined;
  private watch: Timer | undefined;
  private lastRound: Instant | undefined;
  private wait: Pause | undefined;
  private pinging: Promise<void> | undefined;
  private again = false;

  constructor(private readonly parts: HeartbeatParts) {
    this.outcomes = parts.metrics.counter({
      name: 'tocsin_heartbeat_rounds_total',
      help: 'Rounds of probes through the whole path, by what became of their ping.',
      labels: ['outcome'],
    });
  }

  start(): void {
    const now = this.parts.clock.now();
    this.rounds = new ProbeRounds(now, this.parts.heartbeat.intervalMs);
    this.lastRound = now;
    this.watchOn();
  }

  async stop(): Promise<void> {
    this.watch?.cancel();
    this.stopping.abort();
    this.wait?.end();
    await this.pinging;
  }

  settled(): boolean {
    return this.pinging === undefined;
  }

  /** A probe has reached the end of the path, up to the call of a provider. */
  arrived(probe: PathProbe): void {
    const now = this.parts.clock.now();
    const matters = this.rounds?.arrived(probe, now);
    if (matters === undefined || this.stopping.signal.aborted || !this.parts.isOwner()) return;
    this.lastRound = now;
    if (matters.length > 0) this.withhold(matters);
    else this.ping();
  }

  private withhold(matters: readonly string[]): void {
    this.outcomes.inc({ outcome: 'withheld' });
    this.parts.log.warn({ matters }, 'heartbeat withheld');
  }

  /** One at a time: what comes while the target is slow is one more ping after it. */
  private ping(): void {
    if (this.pinging !== undefined) {
      this.again = true;
      return;
    }
    this.pinging = this.pingNow().finally(() => {
      this.pinging = undefined;
      if (!this.again || this.stopping.signal.aborted) return;
      this.again = false;
      this.ping();
    });
  }

  private async pingNow(): Promise<void> {
    const { heartbeat, log, random, backOff = BACK_OFF } = this.parts;
    for (let tries = 1; ; tries++) {
      const reason = await ping(heartbeat.url, this.stopping.signal);
      if (this.stopping.signal.aborted) return;
      if (reason === undefined) {
        this.outcomes.inc({ outcome: 'sent' });
        return;
      }
      log.warn({ reason, tries }, 'heartbeat not taken');
      if (tries === TRIES) {
        this.outcomes.inc({ outcome: 'failed' });
        return;
      }
      this.wait = pause(backOffMs(tries, random, backOff));
      await this.wait.over;
      if (this.stopping.signal.aborted) return;
    }
  }

  private watchOn(): void {
    const { clock, heartbeat } = this.parts;
    this.watch = clock.at(plusMs(clock.now(), heartbeat.intervalMs), () => {
      const quietMs = clock.now() - (this.lastRound ?? clock.now());
      if (quietMs >= QUIET_ROUNDS * heartbeat.intervalMs)
        this.withhold([`no round of probes has come through for ${Math.floor(quietMs / 1_000)} s`]);
      this.watchOn();
    });
  }
}
