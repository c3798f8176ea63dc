import type { FastifyInstance } from 'fastify';
import { Client } from '../demo/client.mjs';
import type { Product } from './product.ts';
import type { Person } from './ready-world.ts';
import type { Scene } from './scene.ts';
import type { DialogValues } from './slack-desk.ts';

export interface Doings {
  readonly scene: Scene;
  readonly product: Product;
  readonly api: Client;
}

const text = { type: 'string', maxLength: 10_000 } as const;
const bodyOf = (...names: readonly string[]) => ({
  body: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, text])) },
});

/** What can be done on the page, as anybody. */
export const addActions = (app: FastifyInstance, doings: Doings): void => {
  addToolAndProviders(app, doings);
  addPersons(app, doings);
  addSlack(app, doings);
  addTelegram(app, doings);
};

const addToolAndProviders = (app: FastifyInstance, { scene, product, api }: Doings): void => {
  app.post<{ Body: Readonly<Record<string, unknown>> }>('/events', { schema: bodyOf('eventType', 'alertKey') }, async ({ body }) => {
    const status = await api.toolPosts('/api/events', { ...body, integrationKey: scene.world.integrationKey });
    await scene.ask();
    return { status };
  });
  app.post<{ Params: { name: string }; Body: { trouble: string } }>(
    '/providers/:name',
    { schema: bodyOf('trouble') },
    async ({ params, body }, reply) =>
      (await scene.troubles.choose(params.name, body.trouble)) ? {} : reply.status(404).send({ message: 'there is no such switch' }),
  );
  app.post<{ Body: { state: string } }>('/tocsin', { schema: bodyOf('state') }, async ({ body }) => {
    await (body.state === 'killed' ? product.kill() : product.start());
    await scene.ask();
    return {};
  });
};

const addPersons = (app: FastifyInstance, { scene, product }: Doings): void => {
  const person = personIn(scene);
  app.post<{ Params: { person: string }; Body: { text: string } }>(
    '/people/:person/texts',
    { schema: bodyOf('text') },
    async ({ params, body }) => ({ said: await scene.phones.write(person(params), body.text) }),
  );
  app.post<{ Params: { person: string; push: string }; Body: { action: string } }>(
    '/people/:person/pushes/:push',
    { schema: bodyOf('action') },
    async ({ params, body }) => {
      if (body.action !== 'dismiss') return { said: (await scene.phones.press(person(params), params.push, body.action)) ?? '' };
      scene.phones.dismiss(params.push);
      return { said: '' };
    },
  );
  app.post<{ Params: { person: string; call: string }; Body: { does: string } }>(
    '/people/:person/calls/:call',
    { schema: bodyOf('does') },
    async ({ params, body }, reply) =>
      (await scene.calls.do(person(params), params.call, body.does))
        ? {}
        : reply.status(409).send({ message: 'not in this call, or not now' }),
  );
  app.post<{ Params: { id: string }; Body: { text: string } }>(
    '/mails/:id/replies',
    { schema: bodyOf('text') },
    async ({ params, body }) => ({
      status: await scene.mailboxes.reply(params.id, body.text),
    }),
  );
  /** A page of the product, opened as somebody: signed in by a link that works once. */
  app.get<{ Params: { person: string } }>('/people/:person/me', async ({ params }, reply) => {
    const theirs = new Client(product.url, person(params).key);
    const { url } = await theirs.call<{ readonly url: string }>('POST', '/api/sign-in-links');
    return reply.redirect(url, 303);
  });
};

const addSlack = (app: FastifyInstance, { scene }: Doings): void => {
  const person = personIn(scene);
  const { slack } = scene;
  app.post<{ Params: { person: string }; Body: { channel: string; typed: string } }>(
    '/people/:person/slack/commands',
    { schema: bodyOf('channel', 'typed') },
    async ({ params, body }) => ({ status: await slack.command(person(params), body.channel, body.typed) }),
  );
  app.post<{ Params: { person: string }; Body: { channel: string; ts: string; action: string } }>(
    '/people/:person/slack/presses',
    { schema: bodyOf('channel', 'ts', 'action') },
    async ({ params, body }) => ({ status: await slack.press(person(params), body) }),
  );
  app.post<{ Params: { person: string; id: string }; Body: { values: DialogValues } }>(
    '/people/:person/slack/dialogs/:id',
    { schema: { body: { type: 'object', required: ['values'], properties: { values: { type: 'object' } } } } },
    ({ params, body }) => slack.submit(person(params), params.id, body.values),
  );
  app.delete<{ Params: { id: string } }>('/people/:person/slack/dialogs/:id', async ({ params }) => {
    slack.close(params.id);
    return {};
  });
  app.get<{ Params: { person: string; id: string }; Querystring: { block: string; action: string; typed: string } }>(
    '/people/:person/slack/dialogs/:id/choices',
    { schema: { querystring: bodyOf('block', 'action', 'typed').body } },
    ({ params, query }) => slack.choices(person(params), params.id, query),
  );
};

const addTelegram = (app: FastifyInstance, { scene }: Doings): void => {
  const person = personIn(scene);
  app.post<{ Params: { person: string; message: string }; Body: { label: string } }>(
    '/people/:person/telegram/:message/presses',
    { schema: bodyOf('label') },
    async ({ params, body }) => ({ status: await scene.telegram.press(person(params), params.message, body.label) }),
  );
  app.post<{ Params: { person: string }; Body: { text: string } }>(
    '/people/:person/telegram',
    { schema: bodyOf('text') },
    async ({ params, body }) => ({ status: await scene.telegram.say(person(params), body.text) }),
  );
};

const personIn =
  ({ world }: Scene) =>
  ({ person: id }: { readonly person: string }): Person => {
    const found = world.people.find((person) => person.id === Number(id));
    if (found === undefined) throw Object.assign(new Error(`there is no person ${id}`), { statusCode: 404 });
    return found;
  };
