import { SlackServer } from '@tocsin/testing';
import { ADMIN_KEY, START, World } from './world';

let world: World;
let slack: SlackServer;

beforeEach(async () => {
  const clock: { now(): number } = { now: () => START };
  slack = await SlackServer.start({ now: () => clock.now() });
  const { SLACK_BOT_TOKEN: _byHand, ...settings } = slack.settings;
  world = await World.start({}, { ...settings, SLACK_CLIENT_ID: 'client', SLACK_CLIENT_SECRET: 'client-secret' });
  clock.now = () => world.clock.now();
  slack.callsBack((path) => world.urlOf(path));
});
afterEach(async () => {
  await world.stop();
  await slack.stop();
});

const open = (path: string, key?: string) =>
  fetch(world.urlOf(path), { redirect: 'manual', headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });
const begin = async (key = ADMIN_KEY): Promise<Response> => open('/api/callbacks/slack/install', key);
/** Agrees in Slack, and comes back. */
const comeBack = async (begun: Response): Promise<Response> => {
  const { pathname, search } = new URL(slack.agree(begun.headers.get('location') ?? ''));
  return open(`${pathname}${search}`);
};
const send = async (call: Parameters<SlackServer['send']>[0]) => {
  const answer = await slack.send(call);
  await world.settle();
  return answer;
};

/** A message in the channel needs the token that the installation brought. */
const linkedMessages = async () => {
  const ana = await world.person('ana');
  const source = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }] }]));
  const [inSlack, ops] = [slack.team.addPerson('ana'), slack.team.addChannel('ops')];
  await send(slack.command(inSlack, ops, '/tocsin'));
  const sources = { sources: { selected_options: [{ value: String(world.sourceId(source)) }] } };
  await send(slack.submit(inSlack, slack.dialog(inSlack), { sources, updates: { updates: { selected_options: [] } } }));
  await world.event(source, { summary: 'disk full', alertKey: 'disk' });
  return slack.channel(ops).map(({ text }) => text);
};

describe('the app', () => {
  it('is installed by an administrator, and works from then on, also after a restart', async () => {
    expect((await begin(await world.keyOf(await world.person('ben')))).status).toBe(403);
    expect((await open('/api/callbacks/slack/install')).status).toBe(401);
    const installed = await comeBack(await begin());
    expect([installed.status, await installed.text()]).toEqual([200, expect.stringContaining('is installed')]);
    await world.down('1m');
    expect(await linkedMessages()).toHaveLength(2);
  });

  it('keeps its token encrypted, and out of the audit log', async () => {
    await comeBack(await begin());
    const [workspace] = world.platform.configuration.list('slackworkspace');
    const token = world.platform.secrets.decrypt(workspace?.tokenCipher ?? '');
    expect(token).toMatch(/^xoxb-/);
    expect(JSON.stringify(workspace)).not.toContain(token);
    const log = JSON.stringify((await world.get('/api/audit-log?resource-type=slack-workspace')).body);
    expect(log).toContain('tokenCipher');
    expect(log).not.toContain(workspace?.tokenCipher);
  });

  it('is not installed by a link of somebody else, of long ago, or twice by one', async () => {
    const begun = await begin();
    const back = new URL(slack.agree(begun.headers.get('location') ?? ''));
    const path = `${back.pathname}${back.search}`;
    expect((await open('/api/callbacks/slack/oauth?code=guess&state=guess')).status).toBe(403);
    expect((await open('/api/callbacks/slack/oauth?error=access_denied')).status).toBe(403);
    expect((await open(path)).status).toBe(200);
    // The code was used up.
    expect((await open(path)).status).toBe(502);
    await world.advance('16m');
    expect((await open(path)).status).toBe(403);
  });

  it('is in one workspace at a time: another one only after the first has removed it', async () => {
    await comeBack(await begin());
    slack.team.id = 'T0OTHER';
    expect((await comeBack(await begin())).status).toBe(409);
    await send(slack.event({ type: 'app_uninstalled' }, { team_id: 'T0EXAMPLE' }));
    expect((await comeBack(await begin())).status).toBe(200);
    expect(world.platform.configuration.list('slackworkspace').map(({ teamId, active }) => [teamId, active])).toEqual([
      ['T0EXAMPLE', false],
      ['T0OTHER', true],
    ]);
  });
});
