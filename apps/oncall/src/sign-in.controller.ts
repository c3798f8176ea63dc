import { Body, Controller, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { PublicSignInLink } from '@tocsin/contracts';
import { emailAddressProblem, rejected } from '@tocsin/domain';
import { CurrentUser, Describe, invalidField, Public, sessionCookie } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { IsString, MaxLength } from 'class-validator';
import { Eta } from 'eta';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignIn } from './sign-in';
import { SignInMails } from './sign-in-mails';

const LONGEST_ADDRESS = 320;

export class SignInMailBody {
  @IsString({ message: 'must be a text' })
  @MaxLength(LONGEST_ADDRESS, { message: `must have at most ${LONGEST_ADDRESS} characters` })
  email!: string;
}

/** Pages of the one-time link. The GET only asks, since mail scanners open links; the form's POST signs in. */
@Controller()
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly mails: SignInMails,
  ) {}

  @Get('sign-in/:token')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  async ask(@Param('token') token: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const state = await this.signIn.check(token);
    if (state !== 'usable') void reply.status(state === 'expired' ? 410 : 404);
    return eta.renderString(PAGE, { state });
  }

  @Post('sign-in/:token')
  @Public()
  @HttpCode(303)
  async redeem(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    refuseOtherSites(request);
    const session = await this.signIn.redeem(token, request.ip);
    void reply.header('set-cookie', sessionCookie(session.key, session.expiresAt)).header('location', session.page);
    return '';
  }

  /** A further link for whoever asks with an API key. */
  @Post('api/sign-in-links')
  @Describe('Make a one-time link that signs in a browser', { answers: 'SignInLink' })
  @HttpCode(201)
  link(@CurrentUser() principal: Principal): PublicSignInLink {
    return { url: this.signIn.linkFor(principal) };
  }

  /** The same answer, after the same work, whether it is somebody's address or not. */
  @Post('api/sign-in-links/mails')
  @Public()
  @Describe('Have a one-time link sent to an address, if it is the verified login address of one person')
  @HttpCode(204)
  async mail(@Body() { email }: SignInMailBody, @Req() request: FastifyRequest): Promise<void> {
    const problem = emailAddressProblem(email);
    if (problem !== undefined) throw invalidField('email', problem);
    await this.mails.ask(email, request.ip);
  }
}

/** Else a page elsewhere could sign a browser in as somebody else, who would then be told what is done in that browser. */
const refuseOtherSites = ({ headers }: FastifyRequest): void => {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw rejected('forbidden', 'sign in from the page that the link opens');
};

const eta = new Eta({ autoEscape: true });

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Sign in to Tocsin</title>
<style>body{font-family:sans-serif;font-size:18px;margin:20px auto;max-width:30em;padding:0 12px}button{font-size:20px;padding:14px 24px;width:100%}</style></head><body><main><h1>Tocsin</h1>
<% if (it.state === 'usable') { %><form method="post"><button type="submit">Sign in</button></form>
<% } else { %><p>This link <%= it.state === 'expired' ? 'has expired' : 'is not valid' %>. Ask for a new one at <a href="/me">/me</a>, or by <code>POST /api/sign-in-links</code> with your API key.</p><% } %>
</main></body></html>`;
