import { setTimeout as delay } from 'node:timers/promises';
import type { MailServer } from '@tocsin/testing';
import { alertsSeenBy } from '../kills/src/alerts-seen.ts';
import { audit } from '../kills/src/audit.ts';
import type { Evidence } from '../kills/src/audit.ts';
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

/**
 * Looks until all promises are kept, or until nothing has become better for so long: a slow machine is given its time, and
 * what is stuck is not waited for.
 */
export const evidenceWhenQuiet = async (world: World, pagedFor: Evidence['pagedFor'], withoutProgressMs: number): Promise<Evidence> => {
  const { cluster, ledger, mail, say } = world;
  let [fewest, giveUpAt, sayAt] = [Infinity, performance.now() + withoutProgressMs, performance.now() + SAY_EVERY_MS];
  for (;;) {
    try {
      const alerts = await alertsSeenBy((path) => cluster.call('GET', path));
      const evidence = { ledger, alerts, mails: mail.all(), pagedFor };
      const missing = auditOf(evidence, world);
      const now = performance.now();
      if (missing.length === 0 || now > giveUpAt) return evidence;
      if (missing.length < fewest) [fewest, giveUpAt] = [missing.length, now + withoutProgressMs];
      if (now >= sayAt) {
        sayAt = now + SAY_EVERY_MS;
        say(`not quiet yet, ${missing.length} to come, such as: ${missing[0]}`);
      }
    } catch (error) {
      // Lists may be out of reach for a moment: of MongoDB, or of a service that is busy.
      if (performance.now() > giveUpAt) throw error;
    }
    await delay(LOOK_EVERY_MS);
  }
};
