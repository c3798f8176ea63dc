import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { publicUser } from '@tocsin/contracts';
import type { PublicUser } from '@tocsin/contracts';
import type { ContactId, PreferenceId, User } from '@tocsin/domain';
import { createUser, replaceUser } from '@tocsin/domain';
import { ConfigurationStore, IdAllocator } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  flagParameter,
  pageParameters,
  readFlag,
  readPage,
  RequiresRole,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { People } from './people';
import { UserDeletion } from './user-deletion';
import { EmailSearch, userRequest, UserRequest } from './user-requests';

const PAGE = { usual: 50, cap: 100 };

/** People: everybody sees those whom no private team hides, each keeps their own entry in order, administrators all of them. */
@Controller('api/users')
export class UsersController {
  constructor(
    private readonly people: People,
    private readonly store: ConfigurationStore,
    private readonly ids: IdAllocator,
    private readonly deletion: UserDeletion,
  ) {}

  @Get()
  @Describe('List users', { query: pageParameters(PAGE), answers: ['User'] })
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): readonly PublicUser[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    return this.people
      .seenBy(by)
      .slice(startIndex, startIndex + maxResults)
      .map(publicUser);
  }

  /** `send-no-invitation` is understood; there are no invitations yet: whoever creates a user hands over a key or a link. */
  @Post()
  @Describe('Create a user, with one e-mail contact', {
    query: [flagParameter('send-no-invitation', 'Understood; there are no invitations')],
    answers: 'User',
  })
  @RequiresRole('ADMIN')
  async create(
    @Body() body: UserRequest,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicUser> {
    readFlag(query, 'send-no-invitation');
    const request = userRequest(body);
    const contact = (await this.ids.next('contact')) as ContactId;
    const [high, low] = [await this.preferenceId(), await this.preferenceId()];
    const [duty, subscription] = [await this.preferenceId(), await this.preferenceId()];
    const user = await this.store.create(
      'user',
      (id, now) =>
        createUser({ id, contact, high, low, duty, subscription }, request, {
          by,
          now,
          others: this.people.all(),
        }),
      context,
    );
    created(reply, `/api/users/${user.id}`);
    return publicUser(user);
  }

  /** A POST, so that addresses stay out of logs. */
  @Post('search-email')
  @Describe('Find a user by e-mail address', { answers: 'User' })
  @RequiresRole('STAKEHOLDER')
  @HttpCode(200)
  async searchEmail(@Body() { email }: EmailSearch, @CurrentUser() by: Principal): Promise<PublicUser> {
    return publicUser(await this.people.findByEmail(email, by));
  }

  @Get(':user')
  @Describe('Read a user, by id or username, or `current`', { answers: 'User' })
  async get(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<PublicUser> {
    return publicUser(await this.people.find(reference, by));
  }

  @Put(':user')
  @Describe('Replace a user', { answers: 'User' })
  @RequiresRole('STAKEHOLDER')
  async replace(
    @Param('user') reference: string,
    @Body() body: UserRequest,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicUser> {
    const request = userRequest(body);
    const { id } = await this.people.findOwn(reference, by);
    const change = (current: User, now: User['updatedAt']): User =>
      replaceUser(current, request, { by, now, others: this.people.others(id) });
    return publicUser(await this.store.change('user', id, change, context));
  }

  @Delete(':user')
  @Describe('Delete a user', { query: [flagParameter('confirm-gaps', 'Also if that leaves nobody on call somewhere')] })
  @RequiresRole('ADMIN')
  @HttpCode(204)
  async delete(
    @Param('user') reference: string,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    const confirmed = readFlag(query, 'confirm-gaps') ?? false;
    await this.deletion.delete(await this.people.find(reference, by), confirmed, context);
  }

  private async preferenceId(): Promise<PreferenceId> {
    return (await this.ids.next('preference')) as PreferenceId;
  }
}
