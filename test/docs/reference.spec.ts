import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { alertActionsSchema } from '@tocsin/alert-actions';
import { alertsSchema } from '@tocsin/alerts';
import { channelSchema } from '@tocsin/channels';
import { services } from '@tocsin/contracts';
import { oncallSchema } from '@tocsin/oncall';
import { Metrics } from '@tocsin/platform';
import type { Setting } from '@tocsin/platform';
import { rejectionProblems } from '@tocsin/platform/nest';
import { standaloneSchema } from '@tocsin/standalone';
import { firstCells, markdown, namesIn, root, rows, section, sorted, sourcesUnder } from './sources';

const code = sourcesUnder('libs', 'apps');

/** Those of providers and of alert actions have sections of their own. */
const besidesProviders = (schema: Readonly<Record<string, Setting<unknown>>>) =>
  Object.entries(schema).flatMap(([key, setting]) => (key in channelSchema || key in alertActionsSchema ? [] : [setting]));

describe.each([
  ['The standalone', besidesProviders(standaloneSchema)],
  // The port alone differs from service to service.
  ['The services', besidesProviders({ ...alertsSchema, ...oncallSchema, port: { ...oncallSchema.port, usual: '' } })],
  ['Providers', Object.values(channelSchema)],
  ['Alert actions', Object.values(alertActionsSchema)],
])('the reference of settings, %s', (heading, settings) => {
  const documented = rows(section(markdown('docs/reference/configuration.md'), heading));

  it('lists each setting of the schema once, and no other', () => {
    expect(documented.map(([name]) => name)).toEqual(settings.map(({ name }) => name));
  });

  it.each(settings.map(({ name, usual, secret }) => [name, usual, secret] as const))(
    'says what %s is without being set, and whether it is a secret',
    (name, usual, secret) => {
      const [, value, about = ''] = documented.find(([first]) => first === name) ?? [];
      expect(value).toBe(usual === undefined || usual === '' ? '—' : usual);
      expect(/\bSecret\.$/.test(about)).toBe(secret);
      expect(/\bMust be set\./.test(about)).toBe(usual === undefined);
    },
  );

  it('says the port of each service', () => {
    const [, , about = ''] = documented.find(([name]) => name === 'PORT') ?? ['', '', 'of the standalone'];
    for (const [name, { port }] of Object.entries(services)) if (heading === 'The services') expect(about).toContain(`${name} ${port}`);
  });
});

describe('the reference of problem codes', () => {
  const text = markdown('docs/reference/problem-codes.md');

  /** `CODE status` for each place in the code that answers with one. */
  const answered = sorted([
    ...Object.values(rejectionProblems).map(({ code: name, status }) => `${name} ${status}`),
    ...code.flatMap(({ text: source }) => [
      ...[...source.matchAll(/\bproblem\(\s*(\d{3}),\s*'([A-Z_]+)'/g)].map(([, status, name]) => `${name} ${status}`),
      ...[...source.matchAll(/\bstatus: (\d{3}),[^{}]*(?:\{[^{}]*\}[^{}]*)*?code: '([A-Z_]+)'/g)].map(
        ([, status, name]) => `${name} ${status}`,
      ),
      ...[...source.matchAll(/^\s+(\d{3}): '([A-Z_]+)',$/gm)].map(([, status, name]) => `${name} ${status}`),
      ...[...source.matchAll(/\{ code: '([A-Z_]+)', message: '[^']*', reason/g)].map(([, name]) => `${name} 503`),
    ]),
  ]);

  it('lists each code with its status, and no code that is never answered', () => {
    expect(sorted(rows(text).map(([name, status]) => `${name} ${status}`))).toEqual(answered);
  });

  it('lists each rejection of the rules where they refuse', () => {
    const refusals = firstCells(section(text, 'What the rules refuse'));
    expect(sorted(refusals)).toEqual(sorted(Object.values(rejectionProblems).map(({ code: name }) => name)));
  });

  it('knows every code that is written anywhere in the code', () => {
    const written = namesIn(code, /\bcode: '([A-Z][A-Z_]+)'/g);
    expect(written.filter((name) => !firstCells(text).includes(name))).toEqual([]);
  });
});

describe('the catalogue of events', () => {
  const text = markdown('docs/reference/events.md');
  const machinery = firstCells(section(text, 'Events of the machinery'));
  const messages = firstCells(section(text, 'Messages'));
  const ofRules = firstCells(text).filter((name) => !machinery.includes(name) && !messages.includes(name));

  const unions: readonly (readonly [string, RegExp])[] = [
    ['Events of an alert', /alert-events\.ts$/],
    ['Events of a key', /alert-group\.ts$/],
    ['Events of a source log', /source-log-events\.ts$/],
    ['Events of an escalation', /escalation-events\.ts$/],
    ['Events of a notification', /notification-events\.ts$/],
    ['Events of a place that pages go to', /pacing-events\.ts$/],
    ['Events of a bundle', /bundle-events\.ts$/],
    ['Events of text messages', /texting-events\.ts$/],
    ['Events of calls', /call-line-events\.ts$/],
    ['Events of a message in Slack', /slack-post-events\.ts$/],
    ["Events of an alert's own channel in Slack", /alert-channel-events\.ts$/],
    ['Events of an alert action', /action-events\.ts$/],
    ['Events of the configuration', /configuration\/resources\.ts$/],
    ['Events of duties', /duty-events\.ts$/],
    ['Events of a verification', /verification-events\.ts$/],
    ['Events of the archive', /archive-events\.ts$/],
    ['Events of an erasure', /erasure-events\.ts$/],
    ['Events of a parked message', /parked-message-events\.ts$/],
  ];
  const EVENT = /readonly type: '([A-Z][A-Za-z]+)'/g;

  it.each(unions)('lists what its union in the domain has: %s', (heading, file) => {
    const union = code.filter(({ path }) => path.startsWith('libs/domain/') && file.test(path));
    expect(union).toHaveLength(1);
    expect(sorted(firstCells(section(text, heading)))).toEqual(namesIn(union, EVENT));
  });

  it('has a section for every file of the domain that declares events', () => {
    const declaring = code.filter(
      ({ path, text: source }) => /^libs\/domain\/.*-events\.ts$/.test(path) && /readonly type: '[A-Z]/.test(source),
    );
    expect(declaring.filter(({ path }) => !unions.some(([, file]) => file.test(path))).map(({ path }) => path)).toEqual([]);
  });

  it('names no event twice', () => {
    expect(firstCells(text)).toEqual([...new Set(firstCells(text))]);
  });

  it('has a golden file of the first version of each event, and of each message on each of its topics (P12)', () => {
    const files = (folder: string) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    const first = (name: string) => `${name}@1.json`;
    const kept = files('libs/event-store/src/golden');
    expect([...ofRules, ...machinery].filter((name) => !kept.includes(first(name)))).toEqual([]);
    const said = files('test/promises/src/golden');
    const expected = rows(section(text, 'Messages')).flatMap(([name = '', topics = '']) =>
      topics.split(/`?, `?/).map((topic) => `${topic.replaceAll('`', '')}/${first(name)}`),
    );
    expect(expected.filter((name) => !said.includes(name))).toEqual([]);
  });

  it('lists every event and message that is made outside the domain, and none that is not', () => {
    const outside = code.filter(({ path }) => !path.startsWith('libs/domain/'));
    const made = namesIn(outside, /\btype: (?:'[A-Z][A-Za-z]+' \| )?'([A-Z][a-z]+[A-Z][A-Za-z]*)'/g);
    const also = namesIn(outside, /\btype: '([A-Z][a-z]+[A-Z][A-Za-z]*)' \| '/g);
    expect(sorted([...made, ...also].filter((name) => !ofRules.includes(name)))).toEqual(sorted([...machinery, ...messages]));
  });
});

describe('the reference of metrics', () => {
  it('lists each metric of the code and of the process, and no other', () => {
    const declared = namesIn(code, /\bname: '(tocsin_[a-z_]+)'/g);
    const ofTheProcess = new Metrics({ process: true }).names();
    expect(sorted(firstCells(markdown('docs/reference/metrics.md')))).toEqual(sorted([...declared, ...ofTheProcess]));
  });
});

describe('the reference of call-backs', () => {
  it('lists each route that other systems call, and no other', () => {
    const controllers = code.filter(({ text }) => /@Controller\('api\/callbacks\//.test(text));
    const routes = controllers.flatMap(({ text }) => {
      const [, base = ''] = /@Controller\('([^']+)'\)/.exec(text) ?? [];
      return [...text.matchAll(/^ {2}@(Get|Post)\((?:'([^']*)')?\)/gm)].map(
        ([, method = '', path = '']) => `${method.toUpperCase()} /${base}${path === '' ? '' : `/${path}`}`,
      );
    });
    expect(sorted(firstCells(markdown('docs/reference/callbacks.md')))).toEqual(sorted(routes));
  });
});
