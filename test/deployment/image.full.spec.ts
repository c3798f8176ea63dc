import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { engineAtHand, freePort, IMAGE, ready } from './container-engine';
import { json } from './files';
import { describeWith, fetched, mustRun, run } from './programs';

const MINUTE_MS = 60_000;
const API_KEY = 'tk_administratoroftheimage';

describeWith('hadolint', fetched('hadolint'), (hadolint) => {
  it('the Dockerfile is as it should be', () => expect(mustRun(hadolint, ['docker/Dockerfile']).stdout).toBe(''));
});

describeWith('builder of images', engineAtHand(), (engine) => {
  const [command = '', ...first] = engine.command;
  const engineRun = (...args: readonly string[]) => run(command, [...first, ...args]);
  const mustEngine = (...args: readonly string[]) => mustRun(command, [...first, ...args]).stdout.trim();
  const removals: string[] = [];

  beforeAll(() => engine.build(), 30 * MINUTE_MS);

  afterAll(() => {
    for (const container of removals) engineRun('rm', '--force', '--volumes', container);
  }, MINUTE_MS);

  /** What it has printed up to this line, which is waited for. */
  const printedUpTo = async (container: string, wanted: RegExp): Promise<readonly string[]> => {
    const child = spawn(command, [...first, 'logs', '--follow', container], { stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line);
        if (wanted.test(line)) return lines;
      }
    } finally {
      child.kill();
    }
    throw new Error(`it ended: ${lines.join('\n')}\n${mustRun(command, [...first, 'logs', container]).stderr}`);
  };

  /** Runs to its end; what it said, and its exit code. */
  const runToEnd = (...args: readonly string[]) => {
    const { status, stdout, stderr } = engineRun('run', '--rm', ...engine.runArgs(0), IMAGE, ...args);
    return { status, said: `${stdout}${stderr}` };
  };

  it('makes an image that runs as nobody in particular, as the standalone unless it is told otherwise', () => {
    const [{ Config }] = JSON.parse(mustEngine('image', 'inspect', IMAGE)) as [
      { Config: { User: string; Cmd: string[]; Volumes: object } },
    ];
    expect(Config).toMatchObject({ User: '10001:10001', Cmd: ['standalone'], Volumes: { '/data': {} } });
  });

  describe('the standalone, run read-only and without privileges', () => {
    let container: string;
    let url: string;
    let printed: readonly string[];

    beforeAll(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      container = mustEngine('run', '--detach', ...engine.runArgs(port), '--env', `TOCSIN_BOOTSTRAP_API_KEY=${API_KEY}`, IMAGE);
      removals.push(container);
      printed = await printedUpTo(container, /^tocsin ready /);
    }, 3 * MINUTE_MS);

    const alerts = async (): Promise<readonly { summary: string; status: string }[]> => {
      const response = await fetch(`${url}/api/alerts`, { headers: { authorization: `Bearer ${API_KEY}` } });
      expect(response.status).toBe(200);
      return (await response.json()) as { summary: string; status: string }[];
    };
    const inside = (script: string) => engineRun('exec', container, 'node', '-e', script);

    it(
      'takes an event and answers the alert',
      async () => {
        const [, integrationKey] = /"integrationKey":"([^"]+)"/.exec(printed.join('\n')) ?? [];
        const response = await fetch(`${url}/api/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ integrationKey, eventType: 'ALERT', summary: 'disk full on db1', alertKey: 'disk-db1' }),
        });
        expect(response.status).toBe(202);
        let seen = await alerts();
        while (seen.length === 0) seen = await alerts();
        expect(seen).toMatchObject([{ summary: 'disk full on db1', status: 'PENDING' }]);
      },
      MINUTE_MS,
    );

    it('is healthy by its own check', () => {
      expect(engineRun('exec', container, 'node', 'docker/health.mjs')).toMatchObject({ status: 0 });
    });

    it('has no privileges, and nothing to write but its volume', () => {
      const status = inside("process.stdout.write(require('fs').readFileSync('/proc/self/status', 'utf8'))").stdout;
      expect(status).toMatch(/^Uid:\t10001\t10001\t/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      expect(inside("require('fs').writeFileSync('/tocsin/x', '')").stderr).toContain('EROFS');
      expect(inside("require('fs').writeFileSync('/data/x', '')")).toMatchObject({ status: 0 });
    });

    it('has the dependencies of production only, and no compiler', () => {
      const { dependencies, devDependencies } = json<Record<'dependencies' | 'devDependencies', Record<string, string>>>('package.json');
      const script = `process.stdout.write(JSON.stringify(process.argv.slice(1).filter((name) => require('fs').existsSync('/tocsin/node_modules/' + name))))`;
      const present = (names: readonly string[]): unknown =>
        JSON.parse(engineRun('exec', container, 'node', '-e', script, ...names).stdout);
      const compilers = Object.keys(dependencies).filter((name) => name.startsWith('@types/') || name.startsWith('typescript'));
      // Some of what the tests use comes with what production needs as well; the lock file says which of it does not.
      const { packages } = json<{ packages: Readonly<Record<string, { readonly dev?: boolean }>> }>('package-lock.json');
      const forTests = Object.keys(devDependencies).filter((name) => packages[`node_modules/${name}`]?.dev === true);
      expect(forTests).toContain('jest');
      expect(present([...forTests, ...compilers])).toEqual([]);
      expect(present(['@nestjs/core', 'kafkajs'])).toEqual(['@nestjs/core', 'kafkajs']);
    });

    it(
      'ends by itself on SIGTERM, and continues where it stopped',
      async () => {
        mustEngine('stop', '--time', '40', container);
        expect(mustEngine('inspect', '--format', '{{.State.ExitCode}}', container)).toBe('0');
        mustEngine('start', container);
        await ready(engine, container, url);
        expect(await alerts()).toMatchObject([{ summary: 'disk full on db1' }]);
      },
      2 * MINUTE_MS,
    );
  });

  it('names what it can run when it is asked for something else', () => {
    expect(runToEnd('sh')).toEqual({ status: 2, said: expect.stringContaining('standalone, ingestion, alerts') as string });
  });

  it.each(['ingestion', 'alerts', 'escalation', 'oncall', 'notifications'])(
    'runs %s by its name, which says what it has to be told',
    (name) => {
      expect(runToEnd(name)).toEqual({ status: 1, said: expect.stringContaining('KAFKA_BROKERS: must be set') as string });
    },
  );
});
