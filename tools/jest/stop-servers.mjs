import { rmSync } from 'node:fs';

export default async function stopAll() {
  const { servers, directory } = globalThis.serversOfThisRun;
  await servers.stop();
  rmSync(directory, { recursive: true, force: true });
}
