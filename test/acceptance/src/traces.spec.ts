import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLogger, loadTracing } from '@tocsin/platform';
import type { Tracing } from '@tocsin/platform';
import { StandaloneProcess, TraceCollector } from '@tocsin/testing';
import { ADMIN_KEY, World } from './world';

const THEIR_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const THEIR_SPAN = '00f067aa0ba902b7';

describe('an event that is traced', () => {
  let collector: TraceCollector;
  let tracing: Tracing | undefined;
  let world: World;
  let lines: string[];
  const before = { ...process.env };
  beforeEach(async () => {
    collector = await TraceCollector.start();
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
    process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '10000';
    tracing = await loadTracing({ otlpEndpoint: collector.url, tracesExporter: undefined }, 'tocsin');
    if (tracing === undefined) throw new Error('traces are off');
    const on = tracing;
    lines = [];
    const log = createLogger({ level: 'debug', traceId: () => on.traceId(), write: (line) => void lines.push(line) });
    world = await World.start({ tracing, log });
  });
  afterEach(async () => {
    process.env = { ...before };
    await world.stop();
    await tracing?.close();
    await collector.stop();
  });

  const post = async (key: string, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    const answer = await fetch(world.urlOf('/api/events'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ integrationKey: key, eventType: 'ALERT', summary: 'disk full', alertKey: 'sda1' }),
    });
    expect(answer.status).toBe(202);
    await world.settle();
  };
  /** Names of what was seen of the trace in which the event was taken, each once. */
  const seen = async (): Promise<readonly string[]> => {
    await tracing?.close();
    const traceId = collector.spans.find(({ name }) => name === 'POST /api/events')?.traceId;
    return [...new Set(collector.spans.filter((span) => span.traceId === traceId).map(({ name }) => name))];
  };
  const paged = async (): Promise<string> => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const level = (userId: typeof ana) => ({ targets: [{ type: 'user', userId } as const], timeoutMin: 5 });
    return world.source(await world.policy([level(ana), level(ben)]));
  };
  const WAY = [
    'POST /api/events',
    'event store append',
    'event store read stream',
    'process alert-facts',
    'process escalation-facts',
    'process resolutions',
    'process tool-events',
    'publish resolutions',
    'publish tool-events',
    'read store apply',
    'send EMAIL',
    'timer notifications',
  ];

  it('is one trace from its request over bus, store and views to the provider', async () => {
    await post(await paged());
    expect(world.mailbox('ana').subjects).toHaveLength(1);
    expect(await seen()).toEqual(expect.arrayContaining(WAY));
  });

  it('stays in that trace when the next level is due', async () => {
    await post(await paged());
    await world.advance('5m');
    expect(world.mailbox('ben').subjects).toHaveLength(1);
    expect(await seen()).toEqual(expect.arrayContaining([...WAY, 'timer escalation']));
    expect(collector.spans.filter(({ name }) => name === 'send EMAIL')).toHaveLength(2);
  });

  it('is part of the trace of whoever posted it', async () => {
    await post(await paged(), { traceparent: `00-${THEIR_TRACE}-${THEIR_SPAN}-01` });
    expect(await seen()).toEqual(expect.arrayContaining(WAY));
    expect(collector.spans.find(({ name }) => name === 'POST /api/events')).toMatchObject({
      traceId: THEIR_TRACE,
      parentSpanId: THEIR_SPAN,
    });
  });

  it('names each step after the one that led to it', async () => {
    await post(await paged());
    await tracing?.close();
    const spans = new Map(collector.spans.map((span) => [span.spanId, span]));
    const send = collector.spans.find(({ name }) => name === 'send EMAIL');
    const way: string[] = [];
    for (let span = send; span !== undefined; span = spans.get(span.parentSpanId ?? '')) way.unshift(span.name);
    expect(way).toEqual([
      'POST /api/events',
      'publish tool-events',
      'process tool-events',
      'event store append',
      'process alert-facts',
      'event store append',
      'process escalation-facts',
      'publish resolutions',
      'process resolutions',
      'event store append',
      'process alert-facts',
      'event store append',
      'timer notifications',
      'send EMAIL',
    ]);
  });

  it('has its trace on the log lines about it', async () => {
    await post(await paged(), { traceparent: `00-${THEIR_TRACE}-${THEIR_SPAN}-01` });
    const told = lines
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .filter(({ traceId }) => traceId === THEIR_TRACE);
    expect(told).toContainEqual(expect.objectContaining({ msg: 'request answered', route: '/api/events' }));
    for (const topic of ['tool-events', 'alert-facts', 'escalation-facts', 'resolutions'])
      expect(told).toContainEqual(expect.objectContaining({ msg: 'message handled', topic }));
    expect(told).toContainEqual(expect.objectContaining({ msg: 'notification attempted' }));
  });

  it('pages while the collector of traces is away', async () => {
    await collector.stop();
    await post(await paged());
    expect(world.mailbox('ana').subjects).toHaveLength(1);
  });

  it('shows no person, no text and no key', async () => {
    const key = await paged();
    await post(key);
    await seen();
    expect(collector.received).not.toMatch(/ana|ben|example\.test|disk full|sda1/i);
    expect(collector.received).not.toContain(key);
  });
});

describe('the standalone', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** The packages of OpenTelemetry that a process has loaded by its end, without the types of all that prom-client loads by itself. */
  const loaded = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const list = join(directory, 'loaded.json');
    const preload = join(directory, 'preload.cjs');
    await writeFile(
      preload,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))));`,
    );
    const standalone = await StandaloneProcess.start({
      main: resolve(__dirname, '../../../apps/standalone/dist/main.js'),
      dataDirectory: join(directory, 'data'),
      apiKey: ADMIN_KEY,
      env,
      nodeFlags: ['--require', preload],
      readyWithinMs: 120_000,
    });
    await standalone.stop();
    const files = JSON.parse(await readFile(list, 'utf8')) as readonly string[];
    return [...new Set(files.flatMap((file) => /@opentelemetry\/(?!api\/)[^/]+/.exec(file)?.[0] ?? []))];
  };

  it('loads nothing of OpenTelemetry unless it is told where traces go', async () => {
    expect(await loaded({})).toEqual([]);
  });

  it('loads it when it is told', async () => {
    expect(await loaded({ OTEL_TRACES_EXPORTER: 'console' })).toContain('@opentelemetry/sdk-node');
  });
});
