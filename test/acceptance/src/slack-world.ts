import type { StandaloneParts } from '@tocsin/standalone';
import { SlackServer } from '@tocsin/testing';
import { START, World } from './world';

export interface SlackWorld {
  readonly world: World;
  readonly slack: SlackServer;
  /** As Slack does, and what comes of it. */
  send(call: Parameters<SlackServer['send']>[0]): ReturnType<SlackServer['send']>;
  stop(): Promise<void>;
}

/** Tocsin beside a Slack that has the same clock. */
export const startWithSlack = async (env: Readonly<Record<string, string>> = {}, parts: StandaloneParts = {}): Promise<SlackWorld> => {
  const clock: { now(): number } = { now: () => START };
  const slack = await SlackServer.start({ now: () => clock.now() });
  const world = await World.start(parts, { ...slack.settings, ...env });
  clock.now = () => world.clock.now();
  slack.callsBack((path) => world.urlOf(path));
  return {
    world,
    slack,
    send: async (call) => {
      const answer = await slack.send(call);
      await world.settle();
      return answer;
    },
    stop: async () => {
      await world.stop();
      await slack.stop();
    },
  };
};
