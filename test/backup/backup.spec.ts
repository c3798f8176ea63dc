import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START } from '@tocsin/event-store';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { Standalone } from '@tocsin/standalone';

const script = join(__dirname, '../../scripts/backup.mjs');
const API_KEY = 'tk_backupadministratorkey';

let folder: string;
const running: Standalone[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-backup-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((standalone) => standalone.stop()));
  await rm(folder, { recursive: true, force: true });
});

const start = async (name: string, more: Readonly<Record<string, string>> = {}): Promise<Standalone> => {
  const env = { ...more, TOCSIN_PORT: '0', TOCSIN_DATA_DIR: join(folder, name), TOCSIN_BOOTSTRAP_API_KEY: API_KEY, LOG_LEVEL: 'silent' };
  const standalone = await startStandalone(readSettings(env));
  running.push(standalone);
  return standalone;
};

interface Outcome {
  readonly code: number | null;
  readonly said: string;
}

/** In a process of its own, as an operator runs it. */
const backUp = async (data: string, target: string): Promise<Outcome> => {
  const child = spawn(process.execPath, ['--no-warnings', script, join(folder, target)], {
    env: { PATH: process.env['PATH'], TOCSIN_DATA_DIR: join(folder, data) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, said };
};

const restore = async (backup: string, name: string): Promise<Standalone> => {
  await mkdir(join(folder, name));
  for (const file of await readdir(join(folder, backup))) await copyFile(join(folder, backup, file), join(folder, name, file));
  return start(name);
};

interface Alert {
  readonly id: number;
  readonly alertKey: string;
}

interface OutboxMessage {
  readonly notificationId: number;
  readonly alertId: number;
  readonly text: string;
}

const read = async <Body>(standalone: Standalone, path: string): Promise<Body> => {
  const headers = { authorization: `Bearer ${API_KEY}`, accept: 'application/json' };
  const response = await fetch(`${standalone.url}${path}`, { headers });
  if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
};

const allAlerts = async (standalone: Standalone): Promise<readonly Alert[]> => {
  const alerts: Alert[] = [];
  for (;;) {
    const page = await read<readonly Alert[]>(standalone, `/api/alerts?max-results=100&start-index=${alerts.length}`);
    if (page.length === 0) return alerts;
    alerts.push(...page);
  }
};

const post = async ({ url, firstStart }: Standalone, alertKey: string): Promise<void> => {
  const body = JSON.stringify({
    integrationKey: firstStart?.integrationKey,
    eventType: 'ALERT',
    summary: `summary of ${alertKey}`,
    alertKey,
  });
  const response = await fetch(`${url}/api/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (response.status !== 202) throw new Error(`an event was answered ${response.status}`);
};

describe('a backup taken while events arrive', () => {
  const TOOLS = ['north', 'south', 'west'];

  /** Each tool posts one event after the other until it is stopped. */
  const underLoad = async <Result>(standalone: Standalone, act: () => Promise<Result>): Promise<Result> => {
    let isOver = false;
    const loads = TOOLS.map(async (tool) => {
      for (let count = 1; !isOver; count++) await post(standalone, `${tool}-${count}`);
    });
    try {
      return await act();
    } finally {
      isOver = true;
      await Promise.all(loads);
    }
  };

  it('gives a Tocsin that knows all that was answered before, pages nobody a second time, and honours the links sent', async () => {
    const live = await start('live');
    for (let count = 1; count <= 20; count++) await post(live, `before-${count}`);
    await live.settle();
    const before = await allAlerts(live);
    expect(before).toHaveLength(20);
    const pages = await read<readonly OutboxMessage[]>(live, '/outbox');

    const outcome = await underLoad(live, async () => {
      while ((await allAlerts(live)).length < 30) await new Promise((resolve) => setImmediate(resolve));
      return backUp('live', 'copy');
    });
    expect(outcome).toEqual({ code: 0, said: expect.stringMatching(/^backup complete: /) as string });

    const restored = await restore('copy', 'elsewhere');
    await restored.settle();
    const after = await allAlerts(restored);
    const known = new Map(after.map((alert) => [alert.id, alert]));
    expect(before.map(({ id }) => known.get(id))).toEqual(before);

    // One instant of the log: of what a tool posted in turn nothing is missing in the middle.
    for (const tool of TOOLS) {
      const counts = after
        .filter(({ alertKey }) => alertKey.startsWith(`${tool}-`))
        .map(({ alertKey }) => Number(alertKey.split('-')[1]))
        .sort((one, other) => one - other);
      expect(counts).toEqual(counts.map((_, index) => index + 1));
    }
    expect(after.length).toBeGreaterThanOrEqual(30);

    const ofBefore = new Set(before.map(({ id }) => id));
    const events = await restored.platform.eventStore.readAll({ prefixes: ['notification-'], after: START, limit: 10_000 });
    const planned = events.events.filter(
      ({ type, data }) => type === 'NotificationPlanned' && ofBefore.has((data as { alertId: number }).alertId),
    );
    expect(planned).toHaveLength(pages.length);

    const link = /\/answer\/accept\/\S+/.exec(pages[0]?.text ?? '')?.[0] ?? '';
    expect((await fetch(`${restored.url}${link}`)).status).toBe(200);
  });

  it('is for the owner’s eyes only, and holds nothing that can be rebuilt', async () => {
    const live = await start('live');
    await underLoad(live, () => backUp('live', 'copy'));
    const copy = join(folder, 'copy');
    expect((await readdir(copy)).sort()).toEqual(['log.db', 'secret.key']);
    expect((await stat(copy)).mode & 0o777).toBe(0o700);
    expect((await stat(join(copy, 'log.db'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(copy, 'secret.key'))).mode & 0o777).toBe(0o600);
  });
});

describe('a backup that cannot be made', () => {
  it('leaves what is there as it is', async () => {
    await start('live');
    await mkdir(join(folder, 'copy'));
    await writeFile(join(folder, 'copy', 'log.db'), 'of yesterday');
    expect(await backUp('live', 'copy')).toEqual({ code: 1, said: expect.stringContaining('never overwrites') as string });
    expect(await readFile(join(folder, 'copy', 'log.db'), 'utf8')).toBe('of yesterday');
  });

  it('says so when there is nothing to copy, and leaves nothing behind', async () => {
    await mkdir(join(folder, 'empty'));
    expect(await backUp('empty', 'copy')).toEqual({ code: 1, said: expect.stringContaining('there is no log.db') as string });
    expect(existsSync(join(folder, 'copy'))).toBe(false);
  });

  it('leaves no half of a copy of a log that is damaged', async () => {
    await mkdir(join(folder, 'damaged'));
    await writeFile(join(folder, 'damaged', 'log.db'), 'this was a database once, and is none any more'.repeat(100));
    expect((await backUp('damaged', 'copy')).code).toBe(1);
    expect(await readdir(folder)).toEqual(['damaged']);
  });
});

describe('a secret key that is lost for good', () => {
  const [LOST, NEW] = ['a-key-that-is-long-enough-and-lost', 'a-key-that-is-long-enough-and-new'].map((key) => ({
    TOCSIN_SECRET_KEY: key,
  }));

  it('costs the text of integration keys: tools still get in, and sources can be looked at', async () => {
    const before = await start('data', LOST);
    const { firstStart } = before;
    await before.stop();
    const after = await start('data', NEW);
    await post({ ...after, ...(firstStart === undefined ? {} : { firstStart }) }, 'disk');
    await after.settle();
    expect(await allAlerts(after)).toMatchObject([{ alertKey: 'disk' }]);
    expect(await read(after, '/api/alert-sources')).toMatchObject([{ id: 1, integrationKey: null, integrationUrl: null }]);
  });
});
