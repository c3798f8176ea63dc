import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { publicContact } from '@tocsin/contracts';
import type { PublicTestNotification, SendTestNotification } from '@tocsin/contracts';
import { Clock, contactFor, pushDevicesOf, refuseMethod, refuseUnusableContact, rejected, withoutEffect } from '@tocsin/domain';
import type { Contact, ContactId, NotificationMethod, User } from '@tocsin/domain';
import { IdAllocator } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, CurrentUser, Describe, DescribedUnder, RequiresRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { NotificationWishes } from '../notification-wishes';
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
    private readonly wishes: NotificationWishes,
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
    @Body() { method, contact: named, list = 'alerts' }: TestNotificationBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicTestNotification> {
    const user = await this.people.findOwn(reference, by);
    if (list !== 'alerts') refuseMethod(list, method);
    const contact = contactFor(user, method, named?.id as ContactId | undefined);
    this.refuseUseless(user, method, contact);
    const at = this.clock.now();
    const notificationId = await this.ids.next('notification');
    const data: SendTestNotification = {
      notificationId,
      userId: user.id,
      method,
      at,
      ...(contact === undefined ? {} : { contactId: contact.id }),
      ...(list === 'alerts' ? {} : { list }),
    };
    await this.wishes.ask({ type: 'SendTestNotification', data }, context);
    return { id: notificationId, method, ...(contact === undefined ? {} : { contact: publicContact(contact) }), status: 'SCHEDULED' };
  }

  /** What a page would not do either, said at once instead of by silence. */
  private refuseUseless(user: User, method: NotificationMethod, contact: Contact | undefined): void {
    if (!this.reachable.has(method)) throw withoutEffect('method', `no provider is set up for ${method}`);
    if (method === 'PUSH' && pushDevicesOf(user).length === 0)
      throw rejected('invalid', 'method: push is switched on for no device of this user', { field: 'method' });
    if (contact === undefined) return;
    if (!contact.verified)
      throw rejected('invalid', `contact: ${contact.id} is not verified; nothing is sent to it until its code is entered`, {
        field: 'contact',
      });
    refuseUnusableContact(contact);
  }
}
