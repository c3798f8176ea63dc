import { Controller, Get, Header, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { Clock } from '@tocsin/domain';
import { Public } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { AnswerLinks, LINK_PURPOSES, PAGE } from './answer-links';
import type { AnswerClaims, LinkPurpose } from './answer-links';
import { allAnswersPage, answerInWords, answerPage, linkProblemInWords, linkProblemPage } from './answer-pages';
import { Answers } from './answers';
import type { AnswerView } from './answers';

const purposes: ReadonlySet<string> = new Set<LinkPurpose>(LINK_PURPOSES);

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

  /** Where a tap on a notification leads: on a phone that shows no buttons this is where they are (B28). */
  @Get(`${PAGE}/:token`)
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async askAll(@Param('token') token: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const claims = this.links.read(PAGE, token, this.clock.now());
    if (typeof claims === 'string') return problemPage(claims, reply);
    const links = this.links.links(claims, this.clock.now());
    const asked = await Promise.all(LINK_PURPOSES.map(async (purpose) => ({ purpose, view: await this.answers.ask(purpose, claims) })));
    const [first] = asked.map(({ view }) => view);
    if (first === undefined || first.type === 'refused' || first.type === 'gone')
      return noPage(first?.type ?? 'gone', first?.language ?? 'en', reply);
    const open = asked.filter(({ view }) => view.type === 'question').map(({ purpose }) => [purpose, links[purpose]]);
    return allAnswersPage(first, first.type === 'outcome' ? first.text : undefined, Object.fromEntries(open));
  }

  @Get(':purpose/:token')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async ask(
    @Param('purpose') purpose: string,
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const claims = this.claims(purpose, token);
    if (typeof claims === 'string') return problemPage(claims, reply);
    return shown(purpose as LinkPurpose, await this.answers.ask(purpose as LinkPurpose, claims), reply);
  }

  /** A program gets what came of it as JSON: the worker of a page sends the answer of a notification's button so. */
  @Post(':purpose/:token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async give(
    @Param('purpose') purpose: string,
    @Param('token') token: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | { readonly text: string }> {
    const isProgram = accept?.includes('application/json') === true;
    if (!isProgram) void reply.header('content-type', 'text/html; charset=utf-8');
    const claims = this.claims(purpose, token);
    if (typeof claims === 'string') {
      const page = problemPage(claims, reply);
      return isProgram ? linkProblemInWords(claims) : page;
    }
    const view = await this.answers.give(purpose as LinkPurpose, claims);
    const page = shown(purpose as LinkPurpose, view, reply);
    return isProgram ? answerInWords(view) : page;
  }

  private claims(purpose: string, token: string): AnswerClaims | 'expired' | 'invalid' {
    return purposes.has(purpose) ? this.links.read(purpose as LinkPurpose, token, this.clock.now()) : 'invalid';
  }
}

const problemPage = (problem: 'expired' | 'invalid', reply: FastifyReply): string => {
  void reply.status(problem === 'expired' ? 410 : 404);
  return linkProblemPage(problem, 'en');
};

const noPage = (why: 'refused' | 'gone', language: AnswerView['language'], reply: FastifyReply): string => {
  void reply.status(why === 'refused' ? 403 : 410);
  return linkProblemPage(why === 'refused' ? 'notAllowed' : 'gone', language);
};

const shown = (purpose: LinkPurpose, view: AnswerView, reply: FastifyReply): string =>
  view.type === 'refused' || view.type === 'gone' ? noPage(view.type, view.language, reply) : answerPage(purpose, view);
