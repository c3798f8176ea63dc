import { setTimeout as delay } from 'node:timers/promises';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { SlackEndpoint } from '@tocsin/channels';
import { SlackWorkspace } from '@tocsin/channels';
import { Clock } from '@tocsin/domain';
import { hashSecret } from '@tocsin/platform';
import { problem, Public } from '@tocsin/platform/nest';
import type { FastifyRequest } from 'fastify';
import { slackTexts } from '../../slack/slack-texts';
import { SlackIntake } from '../../slack/slack-intake';
import type { AtOnce } from '../../slack/slack-intake';

/** Slack gives up on an answer after three seconds and says so to the person. */
const WITHIN_MS = 2_600;

/** What Slack sends: its signature over the bytes is the whole authorisation, and nothing is read before it is checked. */
@Controller('api/callbacks/slack')
@Public()
export class SlackCallbacksController {
  constructor(
    private readonly workspace: SlackWorkspace,
    private readonly requests: SlackIntake,
    private readonly clock: Clock,
  ) {}

  @Post('commands')
  @HttpCode(200)
  async command(@Req() request: FastifyRequest): Promise<unknown> {
    const { text, body } = (await this.answer('commands', request)) ?? { text: slackTexts.en.failed };
    return text === undefined ? body : this.workspace.told(text);
  }

  @Post('interactivity')
  @HttpCode(200)
  async interaction(@Req() request: FastifyRequest): Promise<unknown> {
    return ((await this.answer('interactivity', request)) ?? refuse()).body;
  }

  @Post('events')
  @HttpCode(200)
  async event(@Req() request: FastifyRequest): Promise<unknown> {
    return ((await this.answer('events', request)) ?? refuse()).body;
  }

  /** Undefined: it is not durable yet, and Slack must not wait for it any longer. It goes on. */
  private async answer(endpoint: SlackEndpoint, { body, headers }: FastifyRequest): Promise<AtOnce | undefined> {
    const callback = {
      endpoint,
      body: Buffer.isBuffer(body) ? body.toString() : '',
      timestamp: headerOf(headers['x-slack-request-timestamp']),
      signature: headerOf(headers['x-slack-signature']),
    };
    if (!this.workspace.isSigned(callback, this.clock.now())) throw problem(403, 'FORBIDDEN', 'the signature is not valid');
    const stopped = new AbortController();
    const late = delay(WITHIN_MS, undefined, { signal: stopped.signal });
    late.catch(() => undefined);
    try {
      // The signature, of which nobody learns by it, names the very same call-back, should it come again.
      const taken = this.requests.take(this.workspace.read(callback), `slack-${hashSecret(callback.signature ?? '').slice(0, 32)}`);
      taken.catch(() => undefined);
      return await Promise.race([taken, late]);
    } finally {
      stopped.abort();
    }
  }
}

/** Whoever pressed sees that it may not have got through, and an event comes again: what is not durable is not acknowledged. */
const refuse = (): never => {
  throw problem(503, 'UNAVAILABLE', 'this could not be taken in time; try again');
};

const headerOf = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
