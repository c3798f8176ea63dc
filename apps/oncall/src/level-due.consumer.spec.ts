import { topics } from '@tocsin/contracts';
import type { AlertId, EscalationEventOf } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { LevelDueConsumer } from './level-due.consumer';
import { NOON, oncallServer } from './testing/oncall-server';
import type { Caller, OncallServer } from './testing/oncall-server';
import { WhoToPage } from './who-to-page';

let server: OncallServer;
let ana: Caller;
let consumer: LevelDueConsumer;

beforeAll(async () => {
  server = await oncallServer();
  ana = await server.person('ana', 'ADMIN');
});
afterAll(async () => void (await server.stop()));
beforeEach(() => {
  const { bus, clock, configuration, settings } = server.platform;
  consumer = new LevelDueConsumer(new WhoToPage(configuration, settings), bus, clock);
});

const alertId = 4711 as AlertId;
const step = { round: 1, pass: 1, level: 0 };
const fact = (type: string, data: object, id = '5f0c8f0e-6b1f-4a52-9a53-0f6a7b1c2d3e'): Message => ({
  id,
  topic: topics.escalationFacts,
  epoch: 'e',
  partition: 0,
  offset: 0,
  key: `alert-${alertId}`,
  type,
  schemaVersion: 1,
  time: NOON,
  correlationId: 'story',
  causationId: 'c',
  data: { alertId, at: NOON, step, ...data },
});
const due = (id?: string): Message => {
  const targets: EscalationEventOf<'LevelDue'>['data']['targets'] = [{ type: 'user', userId: ana.id }];
  return fact('LevelDue', { dueAt: NOON, priority: 'HIGH', targets }, id);
};
/** What was published for these facts. */
const answered = async (...facts: readonly Message[]): Promise<readonly Message[]> => {
  const publish = jest.spyOn(server.platform.bus, 'publish');
  for (const one of facts) await consumer.handle(one);
  const published = publish.mock.calls.flatMap(([, messages]) => messages as Message[]);
  publish.mockRestore();
  return published;
};

describe('a level that is due', () => {
  it('is answered with whom it leads to, and why', async () => {
    const [answer] = await answered(due());
    expect(answer).toMatchObject({
      key: 'alert-4711',
      type: 'LevelResolved',
      correlationId: 'story',
      causationId: due().id,
      data: { alertId, step, at: NOON, responders: [{ userId: ana.id, reason: { type: 'direct' } }], problems: [] },
    });
  });

  it('is answered under the same id at each redelivery, and under another for another level', async () => {
    const [first, again, other] = await answered(due(), due(), due('0b8f6d0e-6b1f-4a52-9a53-0f6a7b1c2d3f'));
    expect(again?.id).toBe(first?.id);
    expect(other?.id).not.toBe(first?.id);
  });

  it('sees a change of the person that was made before it', async () => {
    const { configurationStore } = server.platform;
    await configurationStore.change('user', ana.id, (user) => ({ ...user, alertPreferences: [] }), server.context());
    const [answer] = await answered(due());
    expect(answer?.data).toMatchObject({
      responders: [],
      problems: [{ type: 'user-unreachable', userId: ana.id, why: 'no-preference' }],
    });
  });
});

describe('an escalation that found nobody or came to its end', () => {
  it.each([
    ['NobodyFound', { problems: [], retryAt: NOON }, 'nobody-on-call'],
    ['EscalationExhausted', {}, 'escalation-ended'],
  ])('is answered with the fallback contacts: %s', async (type, data, cause) => {
    const [answer] = await answered(fact(type, data));
    expect(answer).toMatchObject({ type: 'FallbackResolved', data: { alertId, step, cause, fallback: [ana.id] } });
  });

  it('is the only other thing that is answered', async () => {
    expect(await answered(fact('EscalationHalted', { round: 1, reason: 'accepted', fact: 1 }))).toEqual([]);
  });
});
