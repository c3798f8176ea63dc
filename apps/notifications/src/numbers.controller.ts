import { Controller, Get, Res } from '@nestjs/common';
import { countryOfNumber } from '@tocsin/channels';
import type { PublicOutboundNumber } from '@tocsin/contracts';
import { Describe, DescribedUnder, RequiresRole } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { TelephoneAccounts } from './callbacks/telephone/telephone-accounts';

/** The numbers that pages come from (B30): to be known to a telephone, so that they get through at night. */
@DescribedUnder('Numbers')
@Controller('api/numbers')
@RequiresRole('STAKEHOLDER')
export class NumbersController {
  constructor(private readonly accounts: TelephoneAccounts) {}

  @Get()
  @Describe('List the numbers that pages come from', { answers: ['OutboundNumber'] })
  list(): readonly PublicOutboundNumber[] {
    return this.accounts.numbers.map((phoneNumber) => ({
      countryCode: countryOfNumber(phoneNumber) ?? '',
      phoneNumber,
      supportsInboundSms: true,
      types: ['SMS', 'VOICE'],
    }));
  }

  /** For the address book: one contact with all numbers, which a telephone can be told to let through. */
  @Get('vcard')
  @Describe('The numbers that pages come from, as a vCard')
  vcard(@Res() reply: FastifyReply): void {
    const numbers = this.accounts.numbers.map((number) => `TEL;TYPE=CELL:${number}`);
    const card = ['BEGIN:VCARD', 'VERSION:3.0', 'N:;Tocsin;;;', 'FN:Tocsin', 'ORG:Tocsin', ...numbers, 'END:VCARD', ''];
    void reply
      .header('content-type', 'text/vcard; charset=utf-8')
      .header('content-disposition', 'attachment; filename="tocsin.vcf"')
      .send(card.join('\r\n'));
  }
}
