import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { addActions } from './actions.ts';
import type { Doings } from './actions.ts';

const FOLDER = join(import.meta.dirname, 'page');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const PAGE_POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src', 'frame-src'].map((kind) => `${kind} 'self'`),
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A mail is somebody else's text: it has no scripts, loads nothing, knows nothing of the page, and its links open beside it. */
const MAIL_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

/** The page, what it shows, and what can be done on it; for this machine alone. */
export const startPage = async (doings: Doings, port: number): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const { scene } = doings;
  const app = fastify({ forceCloseConnections: true, bodyLimit: 65_536 });
  app.removeContentTypeParser('text/plain');
  refuseOthers(app);
  addFiles(app);
  addActions(app, doings);
  app.get('/state', async () => {
    await scene.ask();
    return scene.state;
  });
  app.get('/changes', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    scene.watch(reply.raw);
  });
  app.get<{ Params: { id: string } }>('/mails/:id', (request, reply) => {
    const html = scene.mailboxes.html(request.params.id);
    if (html === undefined) return notFound(reply);
    return reply
      .header('content-security-policy', MAIL_POLICY)
      .type('text/html; charset=utf-8')
      .send(`<!doctype html><base target="_blank">${html}`);
  });
  await app.listen({ host: '127.0.0.1', port });
  return { url: app.listeningOrigin, close: () => app.close() };
};

/** A site in the same browser could name this address as well, or have a name of its own lead here. */
const refuseOthers = (app: FastifyInstance): void => {
  app.addHook('onRequest', async ({ headers, method }, reply) => {
    const site = headers['sec-fetch-site'];
    const isOurs = method === 'GET' || site === undefined || site === 'same-origin';
    if (isOurs && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) return;
    await reply.status(403).send({ message: 'not from here' });
  });
};

const addFiles = (app: FastifyInstance): void => {
  const send = (name: string, reply: FastifyReply): FastifyReply =>
    reply
      .header('content-security-policy', PAGE_POLICY)
      .header('cache-control', 'no-cache')
      .type(types[extname(name)] ?? '')
      .send(readFileSync(join(FOLDER, name)));
  app.get('/', (_request, reply) => send('index.html', reply));
  for (const name of readdirSync(FOLDER).filter((each) => types[extname(each)] !== undefined))
    app.get(`/${name}`, (_request, reply) => send(name, reply));
};

const notFound = (reply: FastifyReply): FastifyReply => reply.status(404).send({ message: 'there is nothing like it here' });
