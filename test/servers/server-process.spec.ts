interface Started {
  readonly pid: number;
  stop(): Promise<void>;
}

const startProcess = async (options: object): Promise<Started> => {
  const path = '../../scripts/servers/server-process.mjs';
  const module = (await import(path)) as { startProcess(options: object): Promise<Started> };
  return module.startProcess(options);
};

const server = (script: string) => ({
  name: 'a server',
  command: process.execPath,
  args: ['-e', `${script}; setInterval(() => {}, 1000)`],
});

describe('a server that is started', () => {
  it('is ready when it has said so, however much it prints after that before anybody looks', async () => {
    const chatty = server("process.stdout.write('ready\\n' + 'a client has connected\\n'.repeat(20_000))");
    const started = await startProcess({ ...chatty, isReady: (output: string) => output.includes('ready\n'), readyMs: 20_000 });
    await started.stop();
  });

  it('that ends before it is ready is told with what it said last', async () => {
    const failing = { ...server(''), args: ['-e', "console.error('no room'); process.exit(3)"] };
    await expect(startProcess({ ...failing, isReady: () => false })).rejects.toThrow(/a server ended \(exit 3\)[^]*no room/);
  });
});
