import { Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { CurrentUser, Public, RequiresRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChatIntake } from '../../chat/chat-intake';
import { linkPage } from '../../chat/link-page';

/** What the Bot Connector sends, and where a person gets the link that tells the bot who they are. */
@Controller('api/callbacks/teams')
export class TeamsController {
  constructor(private readonly intake: ChatIntake) {}

  @Post()
  @HttpCode(200)
  @Public()
  async activity(@Req() request: FastifyRequest): Promise<unknown> {
    return this.intake.take('TEAMS', request);
  }

  @Get('link')
  @RequiresRole('STAKEHOLDER')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async link(@CurrentUser() { userId }: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return linkPage(
      await this.intake.linkOf('TEAMS', userId),
      { of: 'Microsoft Teams', then: 'send off what it has typed for you' },
      reply,
    );
  }
}
