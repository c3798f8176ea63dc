import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { ArchiveEvent } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { ActionStreams } from './alert-actions/action-streams';
import { Bundles } from './bundles/bundles';
import { Notifications } from './notifications';
import { AlertChannels } from './slack/alert-channels';
import { SlackPosts } from './slack/slack-posts';

/**
 * Removes the notifications of alerts that are in the archive, which of them went out together, what actions did for them, and what was
 * on record of their messages and channels in Slack.
 */
@Controller()
export class ArchivedAlertsConsumer {
  constructor(
    private readonly notifications: Notifications,
    private readonly bundles: Bundles,
    private readonly slackPosts: SlackPosts,
    private readonly channels: AlertChannels,
    private readonly actions: ActionStreams,
  ) {}

  @Consumes(topics.archiveFacts, 'notifications', { types: ['AlertsArchived'] })
  async handle(message: Message<ArchiveEvent['data']>): Promise<void> {
    if (message.data === null) return;
    for (const { alertId, notifications, actions = [] } of message.data.alerts) {
      // One after the other: the last one of a bundle takes it along.
      for (const stream of notifications) {
        await this.bundles.forget(stream);
        await this.notifications.remove(stream);
      }
      await Promise.all(actions.map((stream) => this.actions.remove(stream)));
      await this.slackPosts.remove(alertId);
      await this.channels.remove(alertId);
    }
  }
}
