import { setTimeout as delay } from 'node:timers/promises';
import type { MailServer } from '@tocsin/testing';
import { alertsSeenBy } from '../kills/src/alerts-seen.ts';
import { audit } from '../kills/src/audit.ts';
import type { Evidence, SeenAlert } from '../kills/src/audit.ts';
import type { Ledger } from '../kills/src/ledger.ts';
import { withoutEffect } from './answers.ts';
import type { Cluster } from './cluster.ts';
import type { Responders } from './responders.ts';

const LOOK_EVERY_MS = 2_000;
const SAY_EVERY_MS = 20_000;

export interface World {
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly mail: MailServer;
  readonly responders: Responders;
  readonly say: (line: string) => void;
}

/** What is seen from outside, sentence by sentence. */
export const auditOf = (evidence: Evidence, { responders }: World): readonly string[] => [
  ...audit(evidence),
  ...withoutEffect(responders.answers, evidence.alerts),
];

/** Nothing waits and nothing failed: seldom that more becomes of it, and then the last look sees it. */
const isDone = ({ notifications }: SeenAlert): boolean =>
  notifications.length > 0 && notifications.every(({ status }) => status === 'SUCCESS');

/**
 * Looks until all promises are kept, or until nothing has become better for so long: a slow machine is given its time, and
 * what is stuck is not waited for. Of more than a thousand alerts only those are looked at again that something is still to
 * become of, until it seems to have; what is answered comes from a look at all.
 */
export const evidenceWhenQuiet = async (world: World, pagedFor: Evidence['pagedFor'], withoutProgressMs: number): Promise<Evidence> => {
  const { cluster, ledger, mail, say } = world;
  const look = async (known: ReadonlyMap<number, SeenAlert>): Promise<Evidence> => {
    const alerts = await alertsSeenBy((path) => cluster.call('GET', path), known);
    return { ledger, alerts, mails: mail.all(), pagedFor };
  };
  let [fewest, giveUpAt, sayAt] = [Infinity, performance.now() + withoutProgressMs, performance.now() + SAY_EVERY_MS];
  let known: ReadonlyMap<number, SeenAlert> = new Map();
  for (;;) {
    try {
      const evidence = await look(known);
      const missing = auditOf(evidence, world);
      const now = performance.now();
      const isLast = missing.length === 0 || now > giveUpAt;
      if (isLast && known.size === 0) return evidence;
      if (missing.length < fewest) [fewest, giveUpAt] = [missing.length, now + withoutProgressMs];
      if (missing.length > 0 && now >= sayAt) {
        sayAt = now + SAY_EVERY_MS;
        say(`not quiet yet, ${missing.length} to come, such as: ${missing[0]}`);
      }
      known = new Map(isLast ? [] : evidence.alerts.filter(isDone).map((alert) => [alert.id, alert]));
      if (isLast) continue;
    } catch (error) {
      // Lists may be out of reach for a moment: of MongoDB, or of a service that is busy.
      if (performance.now() > giveUpAt) throw error;
    }
    await delay(LOOK_EVERY_MS);
  }
};
