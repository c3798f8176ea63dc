import { Controller, Get, Header, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { bundleStream, Clock } from '@tocsin/domain';
import { Public } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { ACCEPT_ALL, AnswerLinks } from '../answer-links';
import type { AnswerClaims } from '../answer-links';
import { acceptAllPage, linkProblemInWords, linkProblemPage, manyInWords } from '../answer-pages';
import type { AlertOfMany } from '../answer-pages';
import { Answers } from '../answers';
import type { AnswerView } from '../answers';
import { Bundles } from './bundles';

type Problem = 'expired' | 'invalid' | 'gone';

const statusOf: Readonly<Record<Problem, number>> = { expired: 410, invalid: 404, gone: 410 };

/** The link that accepts all alerts of one message (B29). As with any answer, a GET asks and its form's POST does it. */
@Controller(`answer/${ACCEPT_ALL}`)
@Public()
export class AcceptAllController {
  constructor(
    private readonly links: AnswerLinks,
    private readonly answers: Answers,
    private readonly bundles: Bundles,
    private readonly clock: Clock,
  ) {}

  @Get(':token')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'no-store')
  async ask(@Param('token') token: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const many = await this.each(token, (claims) => this.answers.ask('accept', claims));
    return typeof many === 'string' ? problemPage(many, reply) : acceptAllPage(languageOf(many), many);
  }

  /** A program gets what came of it as JSON. */
  @Post(':token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async give(
    @Param('token') token: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | { readonly text: string }> {
    const isProgram = accept?.includes('application/json') === true;
    if (!isProgram) void reply.header('content-type', 'text/html; charset=utf-8');
    const many = await this.each(token, (claims) => this.answers.give('accept', claims));
    if (typeof many !== 'string') return isProgram ? manyInWords(many) : acceptAllPage(languageOf(many), many);
    const page = problemPage(many, reply);
    return isProgram ? linkProblemInWords(many) : page;
  }

  /** What is in the archive, or none of their business any more, is left out; when nothing is left that is said. */
  private async each(token: string, of: (claims: AnswerClaims) => Promise<AnswerView>): Promise<readonly AlertOfMany[] | Problem> {
    const now = this.clock.now();
    const claims = this.links.readAcceptAll(token, now);
    if (typeof claims === 'string') return claims;
    const bundled = await this.bundles.read({ stream: bundleStream(claims.bundle), attempt: claims.attempt });
    if (bundled?.userId !== claims.userId) return 'gone';
    const many = await Promise.all(
      bundled.pages.map(async ({ alertId, step }) => {
        const own: AnswerClaims = { alertId, userId: claims.userId, ...(step === undefined ? {} : { step }) };
        return { view: await of(own), link: this.links.pageLink(own, bundled.at) };
      }),
    );
    const shown = many.flatMap(({ view, link }) => (view.type === 'refused' || view.type === 'gone' ? [] : [{ view, link }]));
    return shown.length === 0 ? 'gone' : shown;
  }
}

const languageOf = ([first]: readonly AlertOfMany[]) => first?.view.language ?? 'en';

const problemPage = (problem: Problem, reply: FastifyReply): string => {
  void reply.status(statusOf[problem]);
  return linkProblemPage(problem, 'en');
};
