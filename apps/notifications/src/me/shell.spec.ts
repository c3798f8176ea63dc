import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from '../../page/shell.js';

/** The browser keeps the worker and what it is made of by itself. */
const OF_THE_WORKER = ['worker.js', 'shell.js'];

describe('what opens without a network', () => {
  it('is every script of the page', () => {
    const scripts = readdirSync(join(__dirname, '../../page')).filter((name) => name.endsWith('.js') && !OF_THE_WORKER.includes(name));
    const kept = FILES.filter((path: string) => path.endsWith('.js'));
    expect([...kept].sort()).toEqual(scripts.map((name) => `/me/${name}`).sort());
  });
});
