import { Controller, Get, Param } from '@nestjs/common';
import { sentKinds } from '@tocsin/domain';
import type { NotificationStatus, User } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { CurrentUser, problem, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { Reach } from './reach';
import type { MyReach } from './reach';
import { SentMessages } from './sent-messages';

/** What the page needs besides the API, for a person to see and try out how they are reached (B32). */
@Controller('me')
@RequiresRole('STAKEHOLDER')
export class MyReachController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly reach: Reach,
    private readonly messages: SentMessages,
  ) {}

  /** Asked right after a change that another service has made: so it is read up to now. */
  @Get('reach')
  async all(@CurrentUser() { userId }: Principal): Promise<MyReach> {
    await this.configuration.upToDate();
    return this.reach.of(this.userOf(userId));
  }

  @Get('messages/:kind/:id')
  async message(
    @Param('kind') name: string,
    @ResourceId('id') id: number,
    @CurrentUser() { userId }: Principal,
  ): Promise<NotificationStatus> {
    const kind = sentKinds.find((each) => each === name);
    const sent = kind === undefined ? undefined : await this.messages.of(userId, kind, id);
    if (sent === undefined) throw problem(404, 'NOT_FOUND', 'nothing like that was sent to you, or not yet');
    return sent;
  }

  private userOf(userId: Principal['userId']): User {
    const user = this.configuration.get('user', userId);
    if (user === undefined) throw problem(403, 'FORBIDDEN', 'this person is not there any more');
    return user;
  }
}
