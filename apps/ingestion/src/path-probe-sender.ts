import type { PathProbe } from '@tocsin/contracts';
import { plusMs } from '@tocsin/domain';
import type { Clock, Timer } from '@tocsin/domain';
import { ROUNDS_APART } from '@tocsin/platform';
import type { BackgroundPart, HeartbeatSettings, Logger, PlatformSettings } from '@tocsin/platform';

const FIRST_AFTER_MS = 5_000;
const WITHIN_MS = 10_000;

/** Posts a round of probes to the intake of its own process, again and again: each in another lane than those of the rounds before. */
export class PathProbeSender implements BackgroundPart {
  private readonly stopping = new AbortController();
  private timer: Timer | undefined;
  private sending: Promise<void> | undefined;
  private sent = 0;

  constructor(
    private readonly parts: {
      readonly heartbeat: HeartbeatSettings;
      readonly settings: Pick<PlatformSettings, 'listeningUrl'>;
      readonly path: string;
      readonly clock: Clock;
      readonly log: Logger;
      readonly isOwner: () => boolean;
    },
  ) {}

  start(): void {
    this.sendAfter(Math.min(FIRST_AFTER_MS, this.parts.heartbeat.intervalMs));
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.stopping.abort();
    await this.sending;
  }

  settled(): boolean {
    return this.sending === undefined;
  }

  private sendAfter(ms: number): void {
    const { clock, heartbeat, isOwner } = this.parts;
    this.timer = clock.at(plusMs(clock.now(), ms), () => {
      if (isOwner() && this.sending === undefined) this.sending = this.send().finally(() => (this.sending = undefined));
      this.sendAfter(heartbeat.intervalMs);
    });
  }

  private async send(): Promise<void> {
    const of = this.parts.heartbeat.probesPerRound;
    const round = this.parts.clock.now();
    const lanes = Array.from({ length: of }, () => this.sent++ % (of * ROUNDS_APART));
    const problems = await Promise.all(lanes.map((lane) => this.post({ round, of, lane, saw: [] })));
    const [problem] = problems.filter((each) => each !== undefined);
    if (problem !== undefined && !this.stopping.signal.aborted) this.parts.log.warn({ reason: problem }, 'path probe not taken');
  }

  private async post(probe: PathProbe): Promise<string | undefined> {
    try {
      const response = await fetch(`${this.parts.settings.listeningUrl}${this.parts.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(probe),
        signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(WITHIN_MS)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `status ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.name : 'no answer';
    }
  }
}
