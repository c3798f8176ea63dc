// A night on call in about a minute and a half: an alert, silence, a crash, a late page, an answer, an all-clear.
// Everything happens for real, over HTTP, against the built product in a fresh data directory; whatever is told is checked.
// Usage: npm run demo
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import { browse, Client, wordsOf } from './demo/client.mjs';
import { expect, say, show, until, waitUntil } from './demo/narration.mjs';
import { Server } from './demo/server.mjs';

const MAIN = fileURLToPath(new URL('../apps/standalone/dist/main.js', import.meta.url));
const KILL_BEFORE_DUE_MS = 35_000;
const DOWN_PAST_DUE_MS = 12_000;
const LEEWAY_SEC = 4;
const STARTED_AT = new Date().toISOString();

const dataDirectory = mkdtempSync(join(tmpdir(), 'tocsin-demo-'));
const apiKey = `tk_${randomBytes(24).toString('base64url')}`;
let server;

async function start(port) {
  server = new Server(MAIN, { TOCSIN_DATA_DIR: dataDirectory, TOCSIN_PORT: String(port), TOCSIN_BOOTSTRAP_API_KEY: apiKey });
  const url = await server.ready();
  say(`Tocsin serves ${url}, process ${server.pid}.`);
  return url;
}

function alertmanagerBody(status) {
  const labels = { alertname: 'DiskFull', instance: 'db1', severity: 'critical' };
  const annotations = { summary: 'Disk of db1 is 97 % full' };
  const alert = {
    status,
    labels,
    annotations,
    startsAt: STARTED_AT,
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: 'd1d1d1d1d1d1d1d1',
  };
  return {
    version: '4',
    groupKey: '{}:{alertname="DiskFull"}',
    truncatedAlerts: 0,
    status,
    receiver: 'tocsin',
    groupLabels: { alertname: 'DiskFull' },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.example:9093',
    alerts: [alert],
  };
}

const pageFor = (client, email, alertId) =>
  until(`a page for ${email}`, 10_000, async () => (await client.outboxOf(email)).find((message) => message.alertId === alertId));

async function setUp(client) {
  const ana = await client.call('POST', '/api/users', { firstName: 'Ana', lastName: 'Adams', email: 'ana@example.org' });
  const ben = await client.call('POST', '/api/users', { firstName: 'Ben', lastName: 'Brown', email: 'ben@example.org' });
  say('Two people exist now: Ana and Ben. Both are reached by e-mail; without a mail server messages stay in the outbox.');
  const policy = await client.call('POST', '/api/escalation-policies', {
    name: 'Databases',
    escalationRules: [
      { escalationTimeout: 1, users: [{ id: ana.id }] },
      { escalationTimeout: 1, users: [{ id: ben.id }] },
    ],
  });
  say('Their escalation policy: first Ana; if she does not answer within a minute, Ben.');
  const source = await client.call('POST', '/api/alert-sources', {
    name: 'Alertmanager',
    integrationType: 'PROMETHEUS',
    escalationPolicy: { id: policy.id },
  });
  say('An alert source takes what Prometheus Alertmanager posts.');
  return { intake: `/api/events/prometheus/${source.integrationKey}` };
}

async function raise(client, intake) {
  const status = await client.toolPosts(intake, alertmanagerBody('firing'));
  say(`Alertmanager posts "Disk of db1 is 97 % full" and is answered ${status}: the event is on disk.`);
  const alert = await until('the alert', 5_000, async () => (await client.call('GET', '/api/alerts'))[0]);
  expect(alert.status === 'PENDING', `the new alert is ${alert.status}, not PENDING`);
  const page = await pageFor(client, 'ana@example.org', alert.id);
  expect(!/ s late/.test(page.text), 'the first page says that it is late');
  say(`Alert #${alert.id} is open. Ana has her page, on time:`);
  show(page.subject);
  const due = await until(
    'the time of the next level',
    5_000,
    async () => (await client.call('GET', `/api/alerts/${alert.id}`)).nextEscalation,
  );
  say(`Ana sleeps. Ben would be paged at ${due.slice(11, 19)}.`);
  return { alertId: alert.id, dueMs: Date.parse(due) };
}

async function crash(client, dueMs) {
  await waitUntil(dueMs - KILL_BEFORE_DUE_MS, 'Silence');
  expect((await client.outboxOf('ben@example.org')).length === 0, 'Ben was paged before level 2 was due');
  await server.kill();
  say('kill -9: the server is gone, in the middle of the wait, without a chance to tidy up.');
  await waitUntil(dueMs, 'Nothing runs, and the page for Ben draws near');
  say('Now it is due, and there is nobody to send it.');
  await waitUntil(dueMs + DOWN_PAST_DUE_MS, 'Still nothing runs');
}

async function latePage(client, alertId, dueMs) {
  const page = await pageFor(client, 'ben@example.org', alertId);
  const lateSec = Number(/This page is (\d+) s late\./.exec(page.text)?.[1]);
  expect(lateSec > 0, `Ben's page does not say that it is late:\n${page.text}`);
  const reallySec = (Date.parse(page.at) - dueMs) / 1000;
  expect(Math.abs(lateSec - reallySec) <= LEEWAY_SEC, `Ben's page says ${lateSec} s late; it was ${reallySec} s`);
  expect((await client.outboxOf('ana@example.org')).length === 1, 'the restart has paged Ana again');
  say(`Ben has his page. It was due while nothing ran, and says so: "This page is ${lateSec} s late."`);
  show(page.text.trim());
  return page;
}

async function accept(client, alertId, page) {
  const link = /^Accept: (\S+)$/m.exec(page.text)?.[1];
  expect(link !== undefined, `there is no accept link in Ben's page:\n${page.text}`);
  const question = await browse('GET', link);
  expect(/<form method="post">/.test(question), 'the accept link does not show a form');
  const untouched = await client.call('GET', `/api/alerts/${alertId}`);
  expect(untouched.status === 'PENDING', `opening the link has made the alert ${untouched.status}`);
  say('Ben opens the accept link. It only asks, so that no mail scanner can accept an alert:');
  show(wordsOf(question));
  const outcome = await browse('POST', link);
  expect(outcome.includes('You accepted this alert.'), `the answer page says:\n${wordsOf(outcome)}`);
  say('He presses the button:');
  show(wordsOf(outcome));
  const alert = await client.call('GET', `/api/alerts/${alertId}`);
  expect(alert.status === 'ACCEPTED', `the alert is ${alert.status}, not ACCEPTED`);
  expect(alert.assignedTo?.firstName === 'Ben', 'the alert is not assigned to Ben');
  say(`Alert #${alertId} is ACCEPTED by Ben. Nobody else will be paged.`);
}

async function resolve(client, alertId, intake) {
  await client.toolPosts(intake, alertmanagerBody('resolved'));
  say('Ben has made room. Alertmanager posts "resolved".');
  await until('the alert to be resolved', 5_000, async () =>
    (await client.call('GET', `/api/alerts/${alertId}`)).status === 'RESOLVED' ? true : undefined,
  );
  say(`Alert #${alertId} is RESOLVED, by the tool. Its timeline, which is read from the event log:`);
  const entries = await client.call('GET', `/api/alerts/${alertId}/log-entries?max-results=100`);
  expect(entries.length > 0, 'the timeline is empty');
  const oldestFirst = entries.map(({ timestamp, text }) => `${timestamp.slice(11, 19)}  ${text}`).reverse();
  show(oldestFirst.join('\n'));
}

async function story() {
  say('Starting Tocsin on an empty data directory.');
  const url = await start(0);
  const client = new Client(url, apiKey);
  const { intake } = await setUp(client);
  const { alertId, dueMs } = await raise(client, intake);
  await crash(client, dueMs);
  say('Starting Tocsin again on the same data directory.');
  await start(new URL(url).port);
  const page = await latePage(client, alertId, dueMs);
  await accept(client, alertId, page);
  await resolve(client, alertId, intake);
  const code = await server.stop();
  expect(code === 0, `the server ended with ${code} after SIGTERM`);
  say('SIGTERM: Tocsin has stopped. That was the demo; nothing of it is kept.');
}

const tidy = async () => {
  await server?.kill();
  rmSync(dataDirectory, { recursive: true, force: true });
};

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void tidy().finally(() => process.exit(130)));
try {
  await story();
} catch (error) {
  say(`The demo has failed: ${error.message}`);
  if (server !== undefined && server.lastLines !== '') show(`the server's last lines:\n${server.lastLines}`);
  process.exitCode = 1;
} finally {
  await tidy();
}
