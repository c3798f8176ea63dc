import type { Provider, Type } from '@nestjs/common';
import { SlackWorkspace } from '@tocsin/channels';
import { alertChannelDueOf, alertOf, slackDueOf } from '@tocsin/domain';
import type { AlertChannelEvent, AlertId, SlackPostEvent } from '@tocsin/domain';
import { measureTimers, readModelLog } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { DueTimers } from '@tocsin/read-models';
import { SlackCallbacksController } from '../callbacks/slack/slack-callbacks.controller';
import { SlackPagesController } from '../callbacks/slack/slack-pages.controller';
import { AlertRaising } from '../alert-raising';
import type { Answers } from '../answers';
import { AlertChannelWork } from './alert-channel-work';
import type { AlertChannels } from './alert-channels';
import { SlackActions } from './slack-actions';
import type { SlackBasics } from './slack-basics';
import { SlackFollower } from './slack-follower';
import { SlackInstallation } from './slack-installation';
import { SlackPeople } from './slack-people';
import { SlackPosting } from './slack-posting';
import { SlackPosts, timerOf } from './slack-posts';
import { SlackIntake } from './slack-intake';
import { SlackRequestsConsumer } from './slack-requests.consumer';

export interface SlackContext {
  readonly posts: SlackPosts;
  readonly channels: AlertChannels;
  readonly answers: Answers;
  readonly random: () => number;
}

/** All of Slack in the module; called only when it is set up. */
export const slackParts = (
  platform: Platform,
  { workspace, team, composer, budget }: SlackBasics,
  { posts, channels, answers, random }: SlackContext,
): { readonly controllers: readonly Type[]; readonly providers: readonly Provider[] } => {
  const { eventStore, bus, readStore, configuration, configurationStore, clock, secrets, settings, log, metrics, background, ids, views } =
    platform;
  const people = new SlackPeople({ workspace, team, configuration, configurationStore, secrets, settings, clock });
  const raising = new AlertRaising({ eventStore, bus, configuration, clock, views, visibleWithinMs: settings.visibleWithinMs });
  const acts = metrics.counter({
    name: 'tocsin_slack_acts_total',
    help: 'Messages, edits and updates in threads that Slack was asked for, by what came of it.',
    labels: ['act', 'outcome'],
  });
  const posting = new SlackPosting({
    ...{ posts, workspace, composer, budget, eventStore, configuration, clock, log, random, acts },
  });
  const measured = measureTimers(metrics, clock, 'slack');
  background.addOwned('timers slack', (isOwner) => {
    const ownerSince = clock.now();
    return measured(
      new DueTimers({
        name: 'slack',
        isOwner,
        prefixes: ['slackpost-'],
        ...{ eventStore, readStore, clock, log: readModelLog(log) },
        due: ({ stream, type, data }) => {
          const due = slackDueOf({ type, data } as SlackPostEvent);
          const alertId = alertOf(stream);
          return due === undefined ? undefined : { id: timerOf({ alertId, linkId: due.linkId }), dueAt: due.dueAt };
        },
        onDue: (timer) => posting.attempt(timer),
        onBegin: async (timers) => {
          await Promise.all(timers.map((timer) => posting.repeatInterrupted(timer, ownerSince)));
        },
      }),
    );
  });
  const { publicUrl } = settings;
  const work = new AlertChannelWork({
    ...{ channels, posts, workspace, budget, eventStore, configuration, clock, log, publicUrl, random },
  });
  const measuredChannels = measureTimers(metrics, clock, 'slack-channels');
  background.addOwned('timers slack channels', (isOwner) => {
    const ownerSince = clock.now();
    return measuredChannels(
      new DueTimers({
        name: 'slack-channels',
        isOwner,
        prefixes: ['alertchannel-'],
        ...{ eventStore, readStore, clock, log: readModelLog(log) },
        due: ({ stream, type, data }) => {
          const due = alertChannelDueOf({ type, data } as AlertChannelEvent);
          return due === undefined ? undefined : { id: String(alertOf(stream)), ...due };
        },
        onDue: (timer) => work.attempt(Number(timer) as AlertId),
        onBegin: async (timers) => {
          await Promise.all(timers.map((timer) => work.repeatInterrupted(Number(timer) as AlertId, ownerSince)));
        },
      }),
    );
  });
  return {
    controllers: [SlackRequestsConsumer, SlackCallbacksController, SlackPagesController],
    providers: [
      { provide: SlackWorkspace, useValue: workspace },
      { provide: SlackPeople, useValue: people },
      { provide: SlackFollower, useValue: new SlackFollower(posts, channels, configuration, clock) },
      { provide: SlackIntake, useValue: new SlackIntake({ workspace, people, configuration, bus, secrets, clock, ids }) },
      {
        provide: SlackActions,
        useValue: new SlackActions({
          ...{ workspace, people, answers, raising, composer, channels, posts },
          ...{ eventStore, configuration, configurationStore, secrets, clock },
        }),
      },
      {
        provide: SlackInstallation,
        useValue: new SlackInstallation({ workspace, configuration, configurationStore, secrets, settings, clock }),
      },
    ],
  };
};
