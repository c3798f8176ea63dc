import type { World } from '../../acceptance/src/world';

type Body = Record<string, unknown>;

/** The whole of a list, page by page. */
const all = async (world: World, path: string): Promise<readonly Body[]> => {
  const found: Body[] = [];
  for (;;) {
    const { status, body } = await world.get<Body[]>(`${path}${path.includes('?') ? '&' : '?'}max-results=100&start-index=${found.length}`);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
    if (body.length === 0) return found;
    found.push(...body);
    if (body.length < 100) return found;
  }
};

const LISTS = [
  'alert-sources',
  'escalation-policies',
  'schedules',
  'users',
  'teams',
  'api-keys',
  'on-calls',
  'maintenance-windows',
  'support-hours',
];

/** What the API answers of everything; entries of the audit log are known by where they lie in a log, which differs. */
export const answersOf = async (world: World): Promise<Readonly<Record<string, unknown>>> => {
  const answers: Record<string, unknown> = {};
  for (const list of LISTS) {
    const { status, body } = await world.get(`/api/${list}`);
    if (status !== 404) answers[list] = body;
  }
  answers['audit-log'] = (await all(world, '/api/audit-log')).map(({ id: _, ...entry }) => entry);
  const alerts = await all(world, '/api/alerts');
  answers['alerts'] = alerts;
  answers['count'] = (await world.get('/api/alerts/count')).body;
  for (const { id } of alerts) {
    answers[`alert ${String(id)}`] = (await world.get(`/api/alerts/${String(id)}`)).body;
    answers[`log entries of ${String(id)}`] = await all(world, `/api/alerts/${String(id)}/log-entries`);
    answers[`notifications of ${String(id)}`] = (await world.get(`/api/alerts/${String(id)}/notifications?include=cancelled`)).body;
  }
  // Where it is reached is a setting.
  return JSON.parse(JSON.stringify(answers).replaceAll(world.platform.settings.publicUrl, 'http://here')) as typeof answers;
};
