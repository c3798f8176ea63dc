import { Clock, plusMs } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Metrics } from '@tocsin/platform';
import { PolicyReadiness } from './policy-readiness';

/** A scrape every few seconds must not look at every schedule each time. */
const LOOK_AGAIN_MS = 60_000;

/** How many policies have a level that would reach nobody: a number only. */
export class PolicyMetrics {
  private counted: { readonly at: Instant; readonly unready: number } | undefined;

  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly readiness: PolicyReadiness,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge({ name: 'tocsin_policies_unready', help: 'Escalation policies with a level that would reach nobody now.' }, () =>
      this.unready(),
    );
  }

  private unready(): number {
    const at = this.clock.now();
    if (this.counted === undefined || at >= plusMs(this.counted.at, LOOK_AGAIN_MS)) {
      const policies = this.configuration.list('policy');
      const unready = policies.filter((policy) => this.readiness.levelsOf(policy).some(({ ready }) => !ready)).length;
      this.counted = { at, unready };
    }
    return this.counted.unready;
  }
}
