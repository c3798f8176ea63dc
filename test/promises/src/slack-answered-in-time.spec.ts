import { setImmediate as nextTurn } from 'node:timers/promises';
import { topics } from '@tocsin/contracts';
import { EventStoreInBetween } from '@tocsin/event-store';
import type { EventStore, ExpectedRevision, NewEvent } from '@tocsin/event-store';
import { MessageBusInBetween } from '@tocsin/messaging';
import type { OutgoingMessage } from '@tocsin/messaging';
import type { SlackChannel, SlackMessage, SlackPerson, SlackServer } from '@tocsin/testing';
import { startWithSlack } from '../../acceptance/src/slack-world';
import type { SlackWorld } from '../../acceptance/src/slack-world';
import { ADMIN_KEY } from '../../acceptance/src/world';
import type { World } from '../../acceptance/src/world';
import { Gate } from './gate';

jest.setTimeout(120_000);

/** Neither tells nor takes anything while the gate is closed. */
class HeldStore extends EventStoreInBetween {
  constructor(
    inner: EventStore,
    private readonly gate: Gate,
  ) {
    super(inner);
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) {
    await this.gate.pass();
    return super.append(stream, expected, events);
  }

  override async readStream(...args: Parameters<EventStore['readStream']>) {
    await this.gate.pass();
    return super.readStream(...args);
  }
}

// B27. Slack gives up after three seconds. No time is measured here: while the gate is closed no answer could come that waits for it.
describe('what Slack asks for', () => {
  let store: Gate;
  let bus: Gate;
  let both: SlackWorld;
  let world: World;
  let slack: SlackServer;
  let ops: SlackChannel;
  let ana: SlackPerson;
  let key: string;

  beforeEach(async () => {
    [store, bus] = [new Gate(), new Gate()];
    const around = {
      eventStore: (inner: EventStore) => new HeldStore(inner, store),
      bus: (inner: ConstructorParameters<typeof MessageBusInBetween>[0]) =>
        new (class extends MessageBusInBetween {
          override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
            if (topic === topics.notificationCommands) await bus.pass();
            await super.publish(topic, messages);
          }
        })(inner),
    };
    both = await startWithSlack({ SLACK_BOT_TOKEN: '', SLACK_CLIENT_ID: 'client', SLACK_CLIENT_SECRET: 'client-secret' }, { around });
    ({ world, slack } = both);
    await installs();
    ops = slack.team.addChannel('ops');
    ana = slack.team.addPerson('ana');
    const person = { type: 'user', userId: await world.person('ana') } as const;
    key = await world.source(await world.policy([{ targets: [person], timeoutMin: 300 }]));
    await both.send(slack.command(ana, ops, '/tocsin'));
    const sources = { sources: { selected_options: [{ value: String(world.sourceId(key)) }] } };
    await both.send(slack.submit(ana, slack.dialog(ana), { sources, updates: { updates: { selected_options: [] } } }));
  });
  afterEach(async () => {
    for (const gate of [store, bus]) gate.open();
    await both.stop();
  });

  const installs = async (): Promise<void> => {
    const authorization = `Bearer ${ADMIN_KEY}`;
    const begun = await fetch(world.urlOf('/api/callbacks/slack/install'), { redirect: 'manual', headers: { authorization } });
    const { pathname, search } = new URL(slack.agree(begun.headers.get('location') ?? ''));
    expect((await fetch(world.urlOf(`${pathname}${search}`), { headers: { authorization } })).status).toBe(200);
    await world.settle();
  };
  const raise = async (): Promise<SlackMessage> => {
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    return slack.channel(ops).at(-1) as SlackMessage;
  };
  const release = async (gate: Gate): Promise<void> => {
    gate.open();
    await world.settle();
  };
  /** Once opened, a gate lets go on what nobody waits for any more: it is over when its effect is seen. */
  const seen = async (effect: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await effect())) {
      await nextTurn();
      await world.settle();
    }
  };
  const status = async (): Promise<string> => (await world.alert()).status;
  const isInstalled = (): boolean => world.platform.configuration.list('slackworkspace').some(({ active }) => active);

  describe('while the event store tells and takes nothing', () => {
    it('by a button is acknowledged, and done after', async () => {
      const message = await raise();
      store.close();
      expect(await slack.send(slack.press(ana, message, 'accept'))).toEqual({ status: 200, body: '' });
      expect(slack.whispers(ana)).not.toContain('You accepted this alert.');
      await release(store);
      expect([await status(), slack.whispers(ana).at(-1)]).toEqual(['ACCEPTED', 'You accepted this alert.']);
    });

    it('by a dialog is acknowledged, and done after', async () => {
      store.close();
      expect(await slack.send(slack.command(ana, ops, '/tocsin'))).toEqual({ status: 200, body: '' });
      const nothing = { sources: { sources: { selected_options: [] } }, updates: { updates: { selected_options: [] } } };
      expect((await slack.send(slack.submit(ana, slack.dialog(ana), nothing))).status).toBe(200);
      expect(world.platform.configuration.list('slacklink')).toHaveLength(1);
      await release(store);
      expect(world.platform.configuration.list('slacklink')).toEqual([]);
    });

    it('by a command is answered from memory', async () => {
      store.close();
      const { status: answered, body } = await slack.send(slack.command(ana, ops, '/tocsin', 'oncall'));
      expect([answered, (JSON.parse(body) as { text: string }).text]).toEqual([200, expect.stringContaining('Ana Tester')]);
    });

    it('by a command of somebody who is to be linked first is answered, and the link is made after', async () => {
      const ben = slack.team.addPerson('ben');
      const id = await world.person('ben');
      store.close();
      const { status: answered, body } = await slack.send(slack.command(ben, ops, '/tocsin', 'oncall'));
      expect([answered, (JSON.parse(body) as { text: string }).text]).toEqual([200, expect.stringContaining('try again')]);
      await release(store);
      await seen(() => world.platform.configuration.get('user', id)?.slackAccount?.userId === ben.id);
    });

    it('by an event is acknowledged, and done after', async () => {
      store.close();
      expect((await slack.send(slack.event({ type: 'app_uninstalled' }))).status).toBe(200);
      expect(isInstalled()).toBe(true);
      await release(store);
      expect(isInstalled()).toBe(false);
    });
  });

  describe('while the bus takes nothing', () => {
    it('by a button is answered as not taken yet, since it is nowhere on record; it is done after', async () => {
      const message = await raise();
      bus.close();
      expect((await slack.send(slack.press(ana, message, 'accept'))).status).toBe(503);
      expect(await status()).toBe('PENDING');
      await release(bus);
      await seen(async () => (await status()) === 'ACCEPTED');
    });

    it('by a command is answered in words', async () => {
      bus.close();
      const { status: answered, body } = await slack.send(slack.command(ana, ops, '/tocsin', 'test'));
      expect([answered, (JSON.parse(body) as { text: string }).text]).toEqual([200, expect.stringContaining('try again')]);
    });

    it('by an event is refused, so that it comes again, and done once', async () => {
      bus.close();
      const event = slack.event({ type: 'app_uninstalled' });
      expect((await slack.send(event)).status).toBe(503);
      expect(isInstalled()).toBe(true);
      await release(bus);
      await seen(() => !isInstalled());
      await installs();
      expect((await slack.send(event)).status).toBe(200);
      await world.settle();
      expect(isInstalled()).toBe(true);
    });
  });
});
