import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { PublicChallengeAnswer, PublicTakenEvent, PublicTakenEventV1 } from '@tocsin/contracts';
import { apiEventSchema } from '@tocsin/integrations';
import { Describe, DescribedUnder, Public, textParameter } from '@tocsin/platform/nest';
import type { JsonSchema } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { EventIntake } from './event-intake';
import type { Taken } from './event-intake';

const TAKEN = { 202: 'Taken: it is not lost any more, whatever becomes of it' };
const TAKEN_V1 = { 200: TAKEN[202] };
const TOOLS_OWN: JsonSchema = { description: 'Whatever the tool sends' };

type TextFields = Record<string, string | string[] | undefined>;

/**
 * Where tools post. The key is the authorisation. 202 (or v1's 200) means durable, and nothing about what becomes of it.
 */
@DescribedUnder('Events')
@Controller('api')
@Public()
export class EventsController {
  constructor(private readonly intake: EventIntake) {}

  @Post('events')
  @Describe('Post an event', { body: apiEventSchema, statuses: TAKEN, answers: 'TakenEvent' })
  @HttpCode(202)
  async plain(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<PublicTakenEvent> {
    return accepted(await this.intake.takePlain(body), reply);
  }

  @Post('v1/events')
  @Describe('Post an event, with the answer of older versions', { body: apiEventSchema, statuses: TAKEN_V1, answers: 'TakenEventV1' })
  @HttpCode(200)
  async plainV1(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<PublicTakenEventV1> {
    return acceptedV1(await this.intake.takePlain(body), reply);
  }

  @Post('events/:integration/:key')
  @Describe('Post what a tool says, in its own words', { body: TOOLS_OWN, statuses: TAKEN, answers: 'TakenEvent' })
  @HttpCode(202)
  async tool(
    @Param('integration') integration: string,
    @Param('key') key: string,
    @Body() body: unknown,
    @Query() query: TextFields,
    @Headers() headers: TextFields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicTakenEvent> {
    return accepted(await this.intake.takeFrom(integration, key, { body, query: single(query), headers: single(headers) }), reply);
  }

  @Get(['events/:integration/:key', 'v1/events/:integration/:key'])
  @Describe('Prove to a tool that its secret is known here', {
    query: [textParameter('crc_token', 'What the tool made up', { required: true })],
    answers: 'ChallengeAnswer',
  })
  async challenge(
    @Param('integration') integration: string,
    @Param('key') key: string,
    @Query() query: TextFields,
  ): Promise<PublicChallengeAnswer> {
    return this.intake.answerChallenge(integration, key, [query['crc_token']].flat()[0]);
  }

  @Post('v1/events/:integration/:key')
  @Describe('Post what a tool says, in its own words, with the answer of older versions', {
    body: TOOLS_OWN,
    statuses: TAKEN_V1,
    answers: 'TakenEventV1',
  })
  @HttpCode(200)
  async toolV1(
    @Param('integration') integration: string,
    @Param('key') key: string,
    @Body() body: unknown,
    @Query() query: TextFields,
    @Headers() headers: TextFields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicTakenEventV1> {
    return acceptedV1(await this.intake.takeFrom(integration, key, { body, query: single(query), headers: single(headers) }), reply);
  }
}

const accepted = ({ correlationId }: Taken, reply: FastifyReply): PublicTakenEvent => {
  void reply.header('correlation-id', correlationId);
  return {};
};

/** The shape that v1 plug-ins read: some print the names with `incident`, newer ones those with `alert`. */
const acceptedV1 = ({ correlationId, alertKey: given, alertUrl }: Taken, reply: FastifyReply): PublicTakenEventV1 => {
  void reply.header('correlation-id', correlationId);
  const alertKey = given ?? null;
  return { incidentKey: alertKey, incidentUrl: alertUrl, alertKey, alertUrl, responseCode: 'ACCEPTED' };
};

const single = (fields: TextFields): Record<string, string> => {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) texts[name] = first;
  }
  return texts;
};
