import { Controller, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Rejection } from '@tocsin/domain';
import type { SlackAccount } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, CurrentUser, problem, Public, RequiresRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { SlackInstallation } from '../../slack/slack-installation';
import type { Installing } from '../../slack/slack-installation';
import { SlackPeople } from '../../slack/slack-people';
import { askPage, outcomePage } from '../account-pages';

const SLACK = 'Slack';

const outcomes: Readonly<Record<Installing, { readonly status: number; readonly text: string }>> = {
  installed: { status: 200, text: 'The app is installed. Type /tocsin in a channel to choose which alerts appear there.' },
  invalid: { status: 403, text: 'This installation is not valid or took too long. Begin again.' },
  'refused-by-slack': { status: 502, text: 'Slack did not confirm the installation. Begin again.' },
  'other-workspace': { status: 409, text: 'The app is installed in another workspace already. Remove it there first.' },
};

/** Where people come to with a browser: to install the app, and to say which Slack account is theirs. */
@Controller('api/callbacks/slack')
export class SlackPagesController {
  constructor(
    private readonly installation: SlackInstallation,
    private readonly people: SlackPeople,
    private readonly configuration: ConfigurationReader,
  ) {}

  @Get('install')
  @RequiresRole('ADMIN')
  install(@CurrentUser() { userId }: Principal, @Res({ passthrough: true }) reply: FastifyReply): void {
    const url = this.installation.start(userId);
    if (url === undefined) throw problem(404, 'NOT_FOUND', 'there is nothing to install: a token is set up by hand');
    void reply.header('cache-control', 'no-store').redirect(url, 302);
  }

  /** The signed state says who began it; nobody is signed in where Slack sends them back from. */
  @Get('oauth')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async installed(
    @Query('code') code: unknown,
    @Query('state') state: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const isGiven = typeof code === 'string' && typeof state === 'string';
    const { status, text } = outcomes[isGiven ? await this.installation.finish({ code, state }) : 'invalid'];
    void reply.status(status);
    return outcomePage(SLACK, text);
  }

  @Get('link/:token')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async ask(
    @Param('token') token: string,
    @CurrentUser() { userId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const account = this.accountIn(token, reply);
    if (account === undefined) return outcomePage(SLACK, EXPIRED);
    const profile = await this.people.profile(account);
    const user = this.configuration.get('user', userId);
    const name = profile.ok ? profile.value.name : account.userId;
    return askPage(SLACK, {
      question: `Whatever the Slack account "${name}" (${account.userId}) does with alerts will be done as ${user?.firstName} ${user?.lastName}. Is this Slack account yours?`,
      button: 'Yes, link it to me',
    });
  }

  @Post('link/:token')
  @HttpCode(200)
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async link(
    @Param('token') token: string,
    @CurrentUser() { userId }: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const account = this.accountIn(token, reply);
    if (account === undefined) return outcomePage(SLACK, EXPIRED);
    try {
      await this.people.link(userId, account, context);
      return outcomePage(SLACK, 'Your Slack account is linked. Go back to Slack and try again.');
    } catch (error) {
      if (!(error instanceof Rejection) || error.code !== 'already-exists') throw error;
      void reply.status(409);
      return outcomePage(SLACK, 'This Slack account belongs to somebody else. Nothing was changed.');
    }
  }

  private accountIn(token: string, reply: FastifyReply): SlackAccount | undefined {
    const account = this.people.accountIn(token);
    if (account === undefined) void reply.status(410);
    return account;
  }
}

const EXPIRED = 'This link is not valid or has expired. Try again in Slack, and you will get a new one.';
