import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { PublicContact, PublicVerificationCode } from '@tocsin/contracts';
import type { ContactId, PhoneContactRequest } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { EnteredCode, PhoneContactBody, TargetSearch, VerificationCodeBody } from './contact-requests';
import { ContactVerification } from './contact-verification';
import { Contacts } from './contacts';

@DescribedUnder('Contacts')
@Controller('api/users/:user/contacts/phone-numbers')
@RequiresRole('STAKEHOLDER')
export class PhoneContactsController {
  constructor(
    private readonly contacts: Contacts,
    private readonly verification: ContactVerification,
  ) {}

  @Get()
  @Describe('List the telephone numbers of a user', { answers: ['Contact'] })
  list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicContact[]> {
    return this.contacts.list('phone', { reference, by });
  }

  @Post()
  @Describe('Add a telephone number', { answers: 'Contact' })
  async add(
    @Param('user') reference: string,
    @Body() body: PhoneContactBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicContact> {
    const { contact, userId } = await this.contacts.add(phoneRequest(body), { reference, by }, context);
    created(reply, `/api/users/${userId}/contacts/phone-numbers/${contact.id}`);
    return contact;
  }

  @Post('search-target')
  @Describe('Find a telephone number of a user', { answers: 'Contact' })
  @HttpCode(200)
  search(
    @Param('user') reference: string,
    @Body() { target, regionCode }: TargetSearch,
    @CurrentUser() by: Principal,
  ): Promise<PublicContact> {
    return this.contacts.search('phone', target, regionCode, { reference, by });
  }

  @Get(':id')
  @Describe('Read a telephone number', { answers: 'Contact' })
  get(@Param('user') reference: string, @ResourceId('id') id: ContactId, @CurrentUser() by: Principal): Promise<PublicContact> {
    return this.contacts.get('phone', id, { reference, by });
  }

  @Put(':id')
  @Describe('Replace a telephone number', { answers: 'Contact' })
  replace(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @Body() body: PhoneContactBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicContact> {
    return this.contacts.replace(id, phoneRequest(body), { reference, by }, context);
  }

  /** Answered when the wish is durable; the notification service sends it. */
  @Post(':id/verification-codes')
  @Describe('Send a code to a telephone number, to be entered by the user', { answers: 'VerificationCode', bodyOptional: true })
  @HttpCode(202)
  requestCode(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Body() body?: VerificationCodeBody,
  ): Promise<PublicVerificationCode> {
    return this.verification.request({ reference, by, type: 'phone', id }, body?.method, context);
  }

  @Post(':id/verify')
  @Describe('Enter the code that was sent to a telephone number', { answers: 'Contact' })
  @HttpCode(200)
  enterCode(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @Body() { code }: EnteredCode,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicContact> {
    return this.verification.enter({ reference, by, type: 'phone', id }, code, context);
  }

  @Delete(':id')
  @Describe('Delete a telephone number')
  @HttpCode(204)
  remove(
    @Param('user') reference: string,
    @ResourceId('id') id: ContactId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    return this.contacts.remove(id, 'phone', { reference, by }, context);
  }
}

const phoneRequest = ({ regionCode, target, primary = false }: PhoneContactBody): PhoneContactRequest => ({
  type: 'phone',
  regionCode,
  target,
  primary,
});
