// Everything that can be said about the code without running it. All steps run, so that one call shows all there is to mend.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The one that compiles what is started: another would write all of it anew, under services that are just starting. */
const compiler = '../typescript-7/bin/tsc';
const steps = [
  ['format', 'prettier', ['--check', '--log-level=warn', '.']],
  ['lint with boundaries', 'eslint', ['--max-warnings=0', '.']],
  ['types, as built', compiler, ['-b', '--pretty', 'false']],
  ['types, specs included', compiler, ['-p', 'tsconfig.spec.json', '--pretty', 'false']],
  ['types of the page', compiler, ['-p', 'apps/notifications/page', '--pretty', 'false']],
  ['types of the page of play', compiler, ['-p', 'scripts/play/page', '--pretty', 'false']],
  ['unused code', 'knip', ['--no-progress', '--no-config-hints']],
];

const failed = steps.filter(([title, command, args]) => {
  const startedAt = Date.now();
  console.log(`check: ${title} (${command} ${args.join(' ')})`);
  const { status } = spawnSync(`${root}/node_modules/.bin/${command}`, args, { cwd: root, stdio: 'inherit' });
  console.log(`check: ${title}: ${status === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return status !== 0;
});
if (failed.length > 0) {
  console.log(`check: failed: ${failed.map(([title]) => title).join('; ')}`);
  process.exit(1);
}
