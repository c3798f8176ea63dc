import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { publicContact, topics } from '@tocsin/contracts';
import type { PublicTestNotification, SendTestNotification } from '@tocsin/contracts';
import { Clock, contactFor, rejected, withoutEffect } from '@tocsin/domain';
import type { Contact, ContactId, NotificationMethod } from '@tocsin/domain';
import { MessageBus } from '@tocsin/messaging';
import { IdAllocator, newUuid } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, CurrentUser, Describe, DescribedUnder, RequiresRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { People } from '../users/people';
import { TestNotificationBody } from './preference-requests';
import { ReachableMethods } from './reachable-methods';

/** Whether a message would reach somebody: it goes the way a page goes, and is recorded like one. */
@DescribedUnder('Notification Preferences')
@Controller('api/users/:user/test-notification')
export class TestNotificationsController {
  constructor(
    private readonly people: People,
    private readonly reachable: ReachableMethods,
    private readonly bus: MessageBus,
    private readonly ids: IdAllocator,
    private readonly clock: Clock,
  ) {}

  /** Answered when the wish is durable; the notification service sends it. */
  @Post()
  @Describe('Send a test message to a user', { answers: 'TestNotification' })
  @RequiresRole('STAKEHOLDER')
  @HttpCode(202)
  async send(
    @Param('user') reference: string,
    @Body() { method, contact: named }: TestNotificationBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicTestNotification> {
    const user = await this.people.findOwn(reference, by);
    const contact = contactFor(user, method, named?.id as ContactId | undefined);
    this.refuseUseless(method, contact);
    const at = this.clock.now();
    const notificationId = await this.ids.next('notification');
    const data: SendTestNotification = {
      notificationId,
      userId: user.id,
      method,
      at,
      ...(contact === undefined ? {} : { contactId: contact.id }),
    };
    const { requestId: correlationId } = context;
    await this.bus.publish(topics.notificationCommands, [
      {
        id: newUuid(),
        key: `user-${user.id}`,
        type: 'SendTestNotification',
        schemaVersion: 1,
        time: at,
        correlationId,
        causationId: correlationId,
        actor: context.actor,
        data,
      },
    ]);
    return { id: notificationId, method, ...(contact === undefined ? {} : { contact: publicContact(contact) }), status: 'SCHEDULED' };
  }

  /** What a page would not do either, said at once instead of by silence. */
  private refuseUseless(method: NotificationMethod, contact: Contact | undefined): void {
    if (!this.reachable.has(method)) throw withoutEffect('method', `no provider is set up for ${method}`);
    if (contact === undefined) return;
    if (!contact.verified)
      throw rejected('invalid', `contact: ${contact.id} is not verified; nothing is sent to it until an administrator has entered it`, {
        field: 'contact',
      });
    if (contact.status !== 'OK') throw rejected('invalid', `contact: ${contact.id} is ${contact.status}`, { field: 'contact' });
  }
}
