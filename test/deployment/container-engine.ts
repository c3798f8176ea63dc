import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from './files';
import { mustRun, root, run } from './programs';

export const IMAGE = 'localhost/tocsin:test';

export interface ContainerEngine {
  /** Builds the image of this checkout as IMAGE. */
  build(): void;
  /** Arguments that run it without privileges on a root that cannot be written, and let it be reached on this port of the loopback. */
  readonly runArgs: (port: number) => readonly string[];
  /** The same in the network of this machine, so that it reaches servers on the loopback, too. */
  readonly runArgsBeside: (port: number) => readonly string[];
  readonly command: readonly string[];
}

const BASE = /^ARG NODE_IMAGE=(\S+)$/m.exec(text('docker/Dockerfile'))?.[1] ?? '';
const inOurNetwork = (port: number) => ['--network', 'host', '--env', `PORT=${port}`, '--env', 'TOCSIN_HOST=127.0.0.1'];
const locked = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

/** A port that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

/** When the container answers that it is ready: it was started a moment ago, and may take no connections yet. @throws when it has ended */
export const ready = async (engine: ContainerEngine, container: string, url: string): Promise<void> => {
  const [command = '', ...first] = engine.command;
  for (;;) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (response?.ok === true) return;
    const isRunning = mustRun(command, [...first, 'inspect', '--format', '{{.State.Running}}', container]).stdout.trim() === 'true';
    if (!isRunning) throw new Error(`it has ended: ${run(command, [...first, 'logs', container]).stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** What builds and runs images here: Docker, or buildah and podman. Undefined where there is neither. */
export const engineAtHand = (): ContainerEngine | undefined => {
  const works = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  if (works('docker', 'info')) return docker;
  return works('buildah', '--version') && works('podman', '--version') ? buildah : undefined;
};

const docker: ContainerEngine = {
  build: () => void mustRun('docker', ['build', '--file', 'docker/Dockerfile', '--tag', IMAGE, '.']),
  command: ['docker'],
  runArgs: (port) => [...locked, '--publish', `127.0.0.1:${port}:8080`],
  runArgsBeside: (port) => [...locked, ...inOurNetwork(port)],
};

const podmanRuns = [...locked, '--pull', 'never', '--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096'];

// Without a daemon, and in containers: no namespace of its own for the network, and limits that may be set there.
const buildah: ContainerEngine = {
  build: () => {
    const base = run('buildah', ['pull', '--quiet', BASE]).status === 0 ? BASE : standIn();
    const isolated = ['--isolation', 'chroot', '--pull-never', '--layers', '--format', 'docker'];
    mustRun('buildah', ['build', ...isolated, '--build-arg', `NODE_IMAGE=${base}`, '--file', 'docker/Dockerfile', '--tag', IMAGE, '.']);
  },
  command: ['podman', '--runtime', 'runc'],
  runArgs: (port) => [...podmanRuns, ...inOurNetwork(port)],
  runArgsBeside: (port) => [...podmanRuns, ...inOurNetwork(port)],
};

/**
 * Where the base cannot be had: the same Debian from Debian's own mirror, with the Node.js of our packages. It is not the base that
 * is shipped; what the image is made of beyond it is the same.
 */
const standIn = (): string => {
  const name = `localhost/tocsin-base:${BASE.split(/[:@]/)[1]}`;
  if (run('buildah', ['inspect', '--type', 'image', name]).status === 0) return name;
  process.stderr.write(`the base ${BASE} cannot be fetched here: a stand-in is made\n`);
  const cache = process.env['TOCSIN_TOOLS_CACHE'] ?? join(homedir(), '.cache/tocsin-tools');
  mkdirSync(cache, { recursive: true });
  const system = join(cache, 'bookworm-minbase.tar');
  if (!existsSync(system)) {
    // Suites that run beside each other may both find none.
    const made = `${system}.${process.pid}.tar`;
    mustRun('mmdebstrap', ['--quiet', '--variant=minbase', '--include=ca-certificates', 'bookworm', made]);
    renameSync(made, system);
  }
  const context = mkdtempSync(join(tmpdir(), 'tocsin-base-'));
  try {
    const node = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
    copyFileSync(node, join(context, 'node'));
    copyFileSync(system, join(context, 'system.tar'));
    const npm = dirname(dirname(mustRun('sh', ['-c', 'readlink -f "$(command -v npm)"']).stdout.trim()));
    mustRun('cp', ['-r', npm, join(context, 'npm')]);
    // Behind a proxy with an authority of its own npm needs to know it, and where the registry is.
    copyFileSync('/etc/ssl/certs/ca-certificates.crt', join(context, 'authorities.crt'));
    const registry = mustRun('npm', ['config', 'get', 'registry']).stdout.trim();
    writeFileSync(join(context, 'npmrc'), `cafile=/etc/ssl/certs/ca-certificates.crt\nregistry=${registry}\n`);
    writeFileSync(
      join(context, 'Dockerfile'),
      [
        'FROM scratch',
        'ADD system.tar /',
        'COPY --chmod=755 node /usr/local/bin/node',
        'COPY npm /usr/local/lib/node_modules/npm',
        'COPY authorities.crt /etc/ssl/certs/ca-certificates.crt',
        'COPY npmrc /usr/local/etc/npmrc',
        'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm',
        'CMD ["node"]',
        '',
      ].join('\n'),
    );
    mustRun('buildah', ['build', '--isolation', 'chroot', '--format', 'docker', '--tag', name, context]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return name;
};
