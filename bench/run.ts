// Usage: npm run bench -- <name> [--full] [--<option> <value>]
import { existsSync, readdirSync } from 'node:fs';

const [name = '', ...rest] = process.argv.slice(2);
const bench = new URL(`./${name}/bench.ts`, import.meta.url);
if (name === '' || !existsSync(bench)) {
  const names = readdirSync(new URL('.', import.meta.url)).filter((folder) => existsSync(new URL(`./${folder}/bench.ts`, import.meta.url)));
  console.error(`usage: npm run bench -- ${names.join('|')} [--full]`);
  process.exit(2);
}
process.argv.splice(2, process.argv.length, ...rest);
await import(bench.href);
