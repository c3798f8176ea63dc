import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { audit } from './audit';
import type { Evidence } from './audit';
import { Chance } from './chance';
import { Installation } from './installation';
import { Ledger } from './ledger';
import { Tools } from './tools';

// Real processes that really start, die and wait for their timers.
jest.setTimeout(process.env['TOCSIN_TEST_FULL'] === '1' ? 1_800_000 : 180_000);

const KILLS = process.env['TOCSIN_TEST_FULL'] === '1' ? 200 : 20;
const SEED = Number(process.env['TOCSIN_KILLS_SEED'] ?? Date.now() % 2_147_483_647);
/** Level 2 is due while the kills go on: its timers must survive them. */
const LEVEL_TIMEOUT_MS = 3_000;
/** Less than the minute after which an attempt without an outcome is repeated anyway: what a kill ended is repeated at the next start. */
const QUIET_WITHIN_MS = 45_000;

/** Kills at a random moment, or right after a random answer: that answer is what must hold. */
const oneLife = async (installation: Installation, tools: Tools, chance: Chance): Promise<void> => {
  if (chance.oneIn(5)) await installation.dieStarting(chance.below(1_500));
  await installation.start();
  const afterAnswer = chance.oneIn(2) ? 1 + chance.below(40) : Infinity;
  const afterMs = afterAnswer === Infinity ? chance.below(600) : 3_000;
  let killed: Promise<void> | undefined;
  let answers = 0;
  const kill = (): void => void (killed ??= installation.kill());
  const timer = setTimeout(kill, afterMs);
  await tools.work(installation.url, () => {
    if (++answers === afterAnswer) kill();
  });
  clearTimeout(timer);
  kill();
  await killed;
};

/** Looks until all promises are kept, or long enough to say that they are broken. */
const finalEvidence = async (installation: Installation, ledger: Ledger): Promise<Evidence> => {
  const deadline = Date.now() + QUIET_WITHIN_MS;
  for (;;) {
    const evidence = {
      ledger,
      alerts: await installation.alerts(),
      mails: installation.mail.all(),
      pagedFor: () => installation.addresses,
    };
    if (audit(evidence).length === 0 || Date.now() > deadline) return evidence;
    await delay(500);
  }
};

describe(`a standalone that was killed ${KILLS} times (seed ${SEED}; TOCSIN_KILLS_SEED runs it again)`, () => {
  let installation: Installation;
  let evidence: Evidence;

  beforeAll(async () => {
    const chance = new Chance(SEED);
    const ledger = new Ledger();
    installation = await Installation.create(LEVEL_TIMEOUT_MS);
    const tools = new Tools(installation.integrationKey, ledger, chance);
    for (let n = 0; n < KILLS; n++) await oneLife(installation, tools, chance);
    await installation.start();
    evidence = await finalEvidence(installation, ledger);
    await installation.stop();
    console.log(
      `seed ${SEED}: ${KILLS} kills, ${ledger.answered} events answered 2xx, ${evidence.alerts.length} alerts, ${evidence.mails.length} pages`,
    );
  });
  afterAll(async () => {
    await installation.remove();
    await installation.mail.stop();
  });

  it('has an alert for every event it answered, one open alert for a key, and paged everybody (P1, P2, P6, P7)', () => {
    expect(audit(evidence)).toEqual([]);
    expect(evidence.ledger.answered).toBeGreaterThan(KILLS);
  });

  it('is found out when the log has lost an alert it had answered for', async () => {
    const copy = await installation.copy();
    const lost = evidence.alerts.find(({ status, alertKey }) => status === 'PENDING' && evidence.ledger.of(alertKey)[0]?.answered === true);
    const log = await EmbeddedLog.open({ directory: copy.directory });
    await new EmbeddedEventStore(log).deleteStream(`alert-${lost?.id}`);
    await log.close();
    // What is read is only ever made of the log.
    for (const file of ['views.db', 'views.db-wal', 'views.db-shm']) await rm(join(copy.directory, file), { force: true });
    await copy.start();
    const broken = { ...evidence, alerts: await copy.alerts() };
    await copy.remove();
    expect(audit(broken)).toContain(`${lost?.alertKey} was answered 2xx and has no alert`);
  });

  it('is found out when it opens a second alert for a key', () => {
    const [first] = evidence.alerts.filter(({ status }) => status === 'PENDING');
    const alerts = [...evidence.alerts, ...(first === undefined ? [] : [{ ...first, id: 999_999, notifications: [] }])];
    expect(audit({ ...evidence, alerts })).toContain(`${first?.alertKey} has 2 open alerts`);
  });

  it('is found out when a page was lost, waits for ever, or comes again without a word', () => {
    const [paged] = evidence.alerts.filter(({ status }) => status === 'PENDING');
    const isTheirs = ({ to, subject }: Evidence['mails'][number]): boolean =>
      to === 'ben@example.test' && subject.startsWith(`[#${paged?.id}] `);
    const name = `#${paged?.id} (${paged?.alertKey})`;
    expect(audit({ ...evidence, mails: evidence.mails.filter((mail) => !isTheirs(mail)) })).toEqual([
      `${name} was not paged to ben@example.test`,
    ]);

    const waiting = evidence.alerts.map((alert) =>
      alert === paged ? { ...alert, notifications: [{ target: 'ana@example.test', status: 'SCHEDULED' as const }] } : alert,
    );
    expect(audit({ ...evidence, alerts: waiting })).toEqual([`${name} has 1 pages that still wait`]);

    const again = evidence.mails.filter(isTheirs).map((mail) => ({ ...mail, text: '' }));
    expect(audit({ ...evidence, mails: [...evidence.mails, ...again] })).toContain(
      `"[#${paged?.id}] ${paged?.alertKey} is down" came to ben@example.test again without saying so`,
    );
  });
});
