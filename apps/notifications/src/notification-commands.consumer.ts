import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { SendDutyNotice, SendSignInLink, SendTestNotification, SendVerificationCode } from '@tocsin/contracts';
import { sentStream } from '@tocsin/domain';
import { causeOf } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { DutyPlanner } from './duties/duty-planner';
import { Notifications } from './notifications';
import { SignInMailPlanner } from './sign-in-mail-planner';

/** What people ask to be sent to them goes the same way as a page: planned, attempted, accounted for. */
@Controller()
export class NotificationCommandsConsumer {
  constructor(
    private readonly notifications: Notifications,
    private readonly duties: DutyPlanner,
    private readonly signInMails: SignInMailPlanner,
  ) {}

  @Consumes(topics.notificationCommands, 'notifications', { types: ['SendTestNotification'] })
  async sendTest(message: Message): Promise<void> {
    const { notificationId, userId, method, contactId, list, at } = message.data as SendTestNotification;
    await this.notifications.plan(
      sentStream('test', notificationId),
      () =>
        Promise.resolve({
          notificationId,
          purpose: 'test',
          userId,
          method,
          ...(contactId === undefined ? {} : { contactId }),
          ...(list === undefined ? {} : { list }),
          at,
          dueAt: at,
        }),
      causeOf(message),
    );
  }

  @Consumes(topics.notificationCommands, 'notifications', { types: ['SendDutyNotice'] })
  async sendDutyNotice(message: Message): Promise<void> {
    await this.duties.plan(message.data as SendDutyNotice, causeOf(message));
  }

  @Consumes(topics.notificationCommands, 'notifications', { types: ['SendVerificationCode'] })
  async sendVerificationCode(message: Message): Promise<void> {
    const { at, ...data } = message.data as SendVerificationCode;
    await this.notifications.plan(
      sentStream('verification', data.notificationId),
      () => Promise.resolve({ ...data, purpose: 'verification', at, dueAt: at }),
      causeOf(message),
    );
  }

  @Consumes(topics.notificationCommands, 'notifications', { types: ['SendSignInLink'] })
  async sendSignInLink(message: Message): Promise<void> {
    await this.signInMails.plan(message.data as SendSignInLink, causeOf(message));
  }
}
