import { Controller, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import { Clock } from '@tocsin/domain';
import { Public } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { AnswerLinks } from './answer-links';
import type { AnswerClaims, LinkPurpose } from './answer-links';
import { answerPage, linkProblemPage } from './answer-pages';
import { Answers } from './answers';
import type { AnswerView } from './answers';

const purposes: ReadonlySet<string> = new Set<LinkPurpose>(['accept', 'resolve', 'escalate']);

/**
 * The links in messages. A GET only ever asks: mail scanners follow links, and nothing may happen then. The form's POST
 * does it. The signed token is the whole authorisation, so no cookie is looked at and none could be forged.
 */
@Controller('answer')
@Public()
export class AnswerController {
  constructor(
    private readonly links: AnswerLinks,
    private readonly answers: Answers,
    private readonly clock: Clock,
  ) {}

  @Get(':purpose/:token')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async ask(
    @Param('purpose') purpose: string,
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.answer(purpose, token, reply, (known, claims) => this.answers.ask(known, claims));
  }

  @Post(':purpose/:token')
  @HttpCode(200)
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async give(
    @Param('purpose') purpose: string,
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.answer(purpose, token, reply, (known, claims) => this.answers.give(known, claims));
  }

  private async answer(
    purpose: string,
    token: string,
    reply: FastifyReply,
    act: (purpose: LinkPurpose, claims: AnswerClaims) => Promise<AnswerView>,
  ): Promise<string> {
    const claims = purposes.has(purpose) ? this.links.read(purpose as LinkPurpose, token, this.clock.now()) : 'invalid';
    if (typeof claims === 'string') {
      void reply.status(claims === 'expired' ? 410 : 404);
      return linkProblemPage(claims, 'en');
    }
    const view = await act(purpose as LinkPurpose, claims);
    if (view.type === 'refused') {
      void reply.status(403);
      return linkProblemPage('notAllowed', view.language);
    }
    if (view.type === 'gone') {
      void reply.status(410);
      return linkProblemPage('gone', view.language);
    }
    return answerPage(purpose as LinkPurpose, view);
  }
}
