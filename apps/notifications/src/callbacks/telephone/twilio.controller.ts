import { twilioDialect } from '@tocsin/channels';
import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { Public } from '@tocsin/platform/nest';
import type { FastifyRequest } from 'fastify';
import { TelephoneAccounts } from './telephone-accounts';

/** What Twilio tells and asks us. */
@Controller('api/callbacks/twilio')
@Public()
export class TwilioController {
  constructor(private readonly accounts: TelephoneAccounts) {}

  @Post('sms')
  @HttpCode(200)
  @Header('content-type', 'text/xml; charset=utf-8')
  text(@Req() request: FastifyRequest): Promise<string> {
    return this.accounts.callbacksOf(twilioDialect).text(request);
  }

  @Post('status')
  @HttpCode(204)
  status(@Req() request: FastifyRequest): Promise<void> {
    return this.accounts.callbacksOf(twilioDialect).status(request);
  }

  @Post('voice')
  @HttpCode(200)
  @Header('content-type', 'text/xml; charset=utf-8')
  voice(@Req() request: FastifyRequest): Promise<string> {
    return this.accounts.callbacksOf(twilioDialect).voice(request);
  }
}
