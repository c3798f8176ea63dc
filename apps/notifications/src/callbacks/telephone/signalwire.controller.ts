import { signalwireDialect } from '@tocsin/channels';
import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { Public } from '@tocsin/platform/nest';
import type { FastifyRequest } from 'fastify';
import { TelephoneAccounts } from './telephone-accounts';

/** What SignalWire tells and asks us. */
@Controller('api/callbacks/signalwire')
@Public()
export class SignalWireController {
  constructor(private readonly accounts: TelephoneAccounts) {}

  @Post('sms')
  @HttpCode(200)
  @Header('content-type', 'text/xml; charset=utf-8')
  text(@Req() request: FastifyRequest): Promise<string> {
    return this.accounts.callbacksOf(signalwireDialect).text(request);
  }

  @Post('status')
  @HttpCode(204)
  status(@Req() request: FastifyRequest): Promise<void> {
    return this.accounts.callbacksOf(signalwireDialect).status(request);
  }

  @Post('voice')
  @HttpCode(200)
  @Header('content-type', 'text/xml; charset=utf-8')
  voice(@Req() request: FastifyRequest): Promise<string> {
    return this.accounts.callbacksOf(signalwireDialect).voice(request);
  }
}
