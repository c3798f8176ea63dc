import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Metrics } from '../metrics';
import { Public } from './auth.decorators';
import type { Problem } from './problem';

/** What the process waits for, by name; empty when it can do its work. */
export type Waiting = () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

export interface ReadinessCheck {
  readonly name: string;
  /** What it waits for; undefined when it is ready. A thrown error counts as waiting. */
  waitsFor(): string | undefined | Promise<string | undefined>;
}

const CHECK_WITHIN_MS = 2_000;

/** All checks at once, each in bounded time: a probe that hangs says nothing. */
export const waitingOf =
  (checks: readonly ReadinessCheck[], withinMs: number = CHECK_WITHIN_MS): Waiting =>
  async () => {
    const answers = await Promise.all(checks.map(async (check) => [check.name, await within(check, withinMs)] as const));
    return Object.fromEntries(answers.flatMap(([name, waitsFor]) => (waitsFor === undefined ? [] : [[name, waitsFor]])));
  };

const within = async (check: ReadinessCheck, withinMs: number): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve(`an answer within ${withinMs} ms`), withinMs)));
  try {
    return await Promise.race([check.waitsFor(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : 'an answer';
  } finally {
    clearTimeout(timer);
  }
};

export const WAITING = Symbol('waiting');
export const ABOUT = Symbol('about');

/** Live: the process answers. Ready: it can do its work, or it says what it waits for. */
@Controller()
@Public()
export class HealthController {
  constructor(
    @Inject(WAITING) private readonly waiting: Waiting,
    @Inject(ABOUT) private readonly about: Readonly<Record<string, unknown>>,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live(): object {
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const waitsFor = await this.waiting();
    if (Object.keys(waitsFor).length === 0) return { status: 'ready', ...this.about };
    void reply.status(503);
    return {
      status: 503,
      message: `waits for ${Object.keys(waitsFor).join(', ')}`,
      code: 'NOT_READY',
      details: Object.entries(waitsFor).map(([check, message]) => ({ check, message })),
    } satisfies Problem;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
