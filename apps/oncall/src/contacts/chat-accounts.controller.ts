import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { publicChatAccounts } from '@tocsin/contracts';
import type { PublicChatAccount } from '@tocsin/contracts';
import { accountMethods, unlinkAccount } from '@tocsin/domain';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, CurrentUser, Describe, DescribedUnder, problem, RequiresRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { People } from '../users/people';

/** Additive. An account is linked from the chat, where its owner shows that it is theirs; here it is seen and given up (B32). */
@DescribedUnder('Contacts')
@Controller('api/users/:user/contacts/chat-accounts')
@RequiresRole('STAKEHOLDER')
export class ChatAccountsController {
  constructor(
    private readonly people: People,
    private readonly store: ConfigurationStore,
  ) {}

  @Get()
  @Describe('List the accounts in chats that a user has linked', { answers: ['ChatAccount'] })
  async list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicChatAccount[]> {
    return publicChatAccounts(await this.people.findOwn(reference, by));
  }

  @Delete(':method')
  @Describe('Unlink the account of a user in a chat: SLACK, TELEGRAM or TEAMS')
  @HttpCode(204)
  async unlink(
    @Param('user') reference: string,
    @Param('method') name: string,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    const { id } = await this.people.findOwn(reference, by);
    const method = accountMethods.find((each) => each === name);
    if (method === undefined) throw problem(404, 'NOT_FOUND', `there are accounts for ${accountMethods.join(', ')} alone`);
    await this.store.change('user', id, (user, now) => unlinkAccount(user, method, { by, now }), context);
  }
}
