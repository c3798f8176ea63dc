import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { PublicContact, PublicVerificationCode } from '@tocsin/contracts';
import type { ContactId } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { EmailContactBody, EnteredCode, TargetSearch } from './contact-requests';
import { ContactVerification } from './contact-verification';
import { Contacts } from './contacts';

@DescribedUnder('Contacts')
@Controller('api/users/:user/contacts/emails')
@RequiresRole('STAKEHOLDER')
export class EmailContactsController {
  constructor(
    private readonly contacts: Contacts,
    private readonly verification: ContactVerification,
  ) {}

  @Get()
  @Describe('List the e-mail addresses of a user', { answers: ['Contact'] })
  list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicContact[]> {
    return this.contacts.list('email', { reference, by });
  }

  @Post()
  @Describe('Add an e-mail address', { answers: 'Contact' })
  async add(
    @Param('user') reference: string,
    @Body() body: EmailContactBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicContact> {
    const { contact, userId } = await this.contacts.add({ type: 'email', target: body.target }, { reference, by }, context);
    created(reply, `/api/users/${userId}/contacts/emails/${contact.id}`);
    return contact;
  }

  @Post('search-target')
  @Describe('Find an e-mail address of a user', { answers: 'Contact' })
  @HttpCode(200)
  search(
    @Param('user') reference: string,
    @Body() { target, regionCode }: TargetSearch,
    @CurrentUser() by: Principal,
  ): Promise<PublicContact> {
    return this.contacts.search('email', target, regionCode, { reference, by });
  }

  @Get(':id')
  @Describe('Read an e-mail address', { answers: 'Contact' })
  get(@Param('user') reference: string, @ResourceId('id') id: ContactId, @CurrentUser() by: Principal): Promise<PublicContact> {
    return this.contacts.get('email', id, { reference, by });
  }

  @Put(':id')
  @Describe('Replace an e-mail address', { answers: 'Contact' })
  replace(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @Body() body: EmailContactBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicContact> {
    return this.contacts.replace(id, { type: 'email', target: body.target }, { reference, by }, context);
  }

  /** Answered when the wish is durable; the notification service sends it. */
  @Post(':id/verification-codes')
  @Describe('Send a code to an e-mail address, to be entered by the user', { answers: 'VerificationCode' })
  @HttpCode(202)
  requestCode(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicVerificationCode> {
    return this.verification.request({ reference, by, type: 'email', id }, undefined, context);
  }

  @Post(':id/verify')
  @Describe('Enter the code that was sent to an e-mail address', { answers: 'Contact' })
  @HttpCode(200)
  enterCode(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @Body() { code }: EnteredCode,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicContact> {
    return this.verification.enter({ reference, by, type: 'email', id }, code, context);
  }

  @Delete(':id')
  @Describe('Delete an e-mail address')
  @HttpCode(204)
  remove(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    return this.contacts.remove(id, 'email', { reference, by }, context);
  }
}
