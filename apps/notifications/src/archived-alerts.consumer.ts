import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { ArchiveEvent } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { Notifications } from './notifications';
import { SlackPosts } from './slack/slack-posts';

/** Removes the notifications of alerts that are in the archive, and what was on record of their messages in Slack. */
@Controller()
export class ArchivedAlertsConsumer {
  constructor(
    private readonly notifications: Notifications,
    private readonly slackPosts: SlackPosts,
  ) {}

  @Consumes(topics.archiveFacts, 'notifications', { types: ['AlertsArchived'] })
  async handle(message: Message<ArchiveEvent['data']>): Promise<void> {
    if (message.data === null) return;
    for (const { alertId, notifications } of message.data.alerts) {
      await Promise.all(notifications.map((stream) => this.notifications.remove(stream)));
      await this.slackPosts.remove(alertId);
    }
  }
}
