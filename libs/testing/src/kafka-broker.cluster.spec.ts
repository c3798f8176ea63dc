import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a server that a program has started', () => {
  it('ends when the program is killed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-kafka-'));
    const module = pathToFileURL(resolve(__dirname, '../../../scripts/servers/kafka.mjs')).href;
    const program = `import { startKafka } from ${JSON.stringify(module)};
      console.log((await startKafka({ directory: ${JSON.stringify(directory)} })).pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const pid = Number(line);
    expect(exists(pid)).toBe(true);
    parent.kill('SIGKILL');
    while (exists(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(directory, { recursive: true, force: true });
  });
});
