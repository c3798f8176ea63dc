import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Public } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { EventIntake } from './event-intake';
import type { Taken } from './event-intake';

type TextFields = Record<string, string | string[] | undefined>;

/**
 * Where tools post. The key is the authorisation. 202 (or v1's 200) means durable, and nothing about what becomes of it.
 */
@Controller('api')
@Public()
export class EventsController {
  constructor(private readonly intake: EventIntake) {}

  @Post('events')
  @HttpCode(202)
  async plain(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return accepted(await this.intake.takePlain(body), reply);
  }

  @Post('v1/events')
  @HttpCode(200)
  async plainV1(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    return acceptedV1(await this.intake.takePlain(body), reply);
  }

  @Post('events/:integration/:key')
  @HttpCode(202)
  async tool(
    @Param('integration') integration: string,
    @Param('key') key: string,
    @Body() body: unknown,
    @Query() query: TextFields,
    @Headers() headers: TextFields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return accepted(await this.intake.takeFrom(integration, key, { body, query: single(query), headers: single(headers) }), reply);
  }

  @Get(['events/:integration/:key', 'v1/events/:integration/:key'])
  async challenge(@Param('integration') integration: string, @Param('key') key: string, @Query() query: TextFields): Promise<object> {
    return this.intake.answerChallenge(integration, key, single(query)['crc_token']);
  }

  @Post('v1/events/:integration/:key')
  @HttpCode(200)
  async toolV1(
    @Param('integration') integration: string,
    @Param('key') key: string,
    @Body() body: unknown,
    @Query() query: TextFields,
    @Headers() headers: TextFields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return acceptedV1(await this.intake.takeFrom(integration, key, { body, query: single(query), headers: single(headers) }), reply);
  }
}

const accepted = ({ correlationId }: Taken, reply: FastifyReply): object => {
  void reply.header('correlation-id', correlationId);
  return {};
};

/** The shape that v1 plug-ins read: some print `incidentKey`, newer ones `alertKey`. */
const acceptedV1 = ({ correlationId, alertKey }: Taken, reply: FastifyReply): object => {
  void reply.header('correlation-id', correlationId);
  return { incidentKey: alertKey ?? null, alertKey: alertKey ?? null, responseCode: 'ACCEPTED' };
};

const single = (fields: TextFields): Record<string, string> => {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) texts[name] = first;
  }
  return texts;
};
