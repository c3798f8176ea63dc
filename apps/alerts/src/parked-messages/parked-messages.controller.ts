import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { PublicParkedMessage, PublicParkedMessageInFull, PublicReplayedMessages } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { ParkedListing } from '@tocsin/messaging';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  Describe,
  DescribedUnder,
  invalidField,
  pageParameters,
  readPage,
  readText,
  RequiresRole,
  textParameter,
} from '@tocsin/platform/nest';
import type { QueryParameters } from '@tocsin/platform/nest';
import { ParkedMessageCommands } from './parked-message-commands';
import type { ParkedFilter } from './parked-message-commands';

const PAGE = { usual: 50, cap: 100 };
const FILTER = [
  textParameter('topic', 'Only those that came from this topic'),
  textParameter('group', 'Only those that this consumer group gave up'),
];
const LONGEST_REASON = 500;

/** Messages that a service could not handle after bounded tries, and what an administrator does with them. */
@DescribedUnder('Parked messages')
@Controller('api/parked-messages')
@RequiresRole('ADMIN')
export class ParkedMessagesController {
  constructor(private readonly parked: ParkedMessageCommands) {}

  @Get()
  @Describe('List parked messages, oldest first', { query: [...pageParameters(PAGE), ...FILTER], answers: ['ParkedMessage'] })
  async list(@Query() query: QueryParameters): Promise<readonly PublicParkedMessage[]> {
    const { startIndex, maxResults } = readPage(query, PAGE);
    return (await this.parked.list(readFilter(query))).slice(startIndex, startIndex + maxResults).map(publicParkedMessage);
  }

  @Get(':id')
  @Describe('Read a parked message with what it says', { answers: 'ParkedMessageInFull' })
  async get(@Param('id') id: string): Promise<PublicParkedMessageInFull> {
    const parked = await this.parked.get(id);
    return { ...publicParkedMessage(parked), message: { ...parked.message } };
  }

  /** The group that gave it up handles it once more, and no other; when it cannot, the message is parked anew, under another id. */
  @Post('replay')
  @Describe('Replay parked messages, at most 500 at a time', { query: FILTER, answers: 'ReplayedMessages' })
  @HttpCode(200)
  replayAll(@Query() query: QueryParameters, @ChangeBy() context: ChangeContext): Promise<PublicReplayedMessages> {
    return this.parked.replayAll(readFilter(query), context);
  }

  @Post(':id/replay')
  @Describe('Replay a parked message')
  @HttpCode(204)
  replay(@Param('id') id: string, @ChangeBy() context: ChangeContext): Promise<void> {
    return this.parked.replay(id, context);
  }

  @Delete(':id')
  @Describe('Discard a parked message for good', {
    query: [textParameter('reason', 'Why it is not wanted any more; kept in the audit log', { required: true })],
  })
  @HttpCode(204)
  async discard(@Param('id') id: string, @Query() query: QueryParameters, @ChangeBy() context: ChangeContext): Promise<void> {
    const reason = readText(query, 'reason');
    // What is not there needs no reason.
    await this.parked.get(id);
    if (reason === undefined || reason.length > LONGEST_REASON)
      throw invalidField('reason', `must say in at most ${LONGEST_REASON} characters why`);
    await this.parked.discard(id, reason, context);
  }
}

const readFilter = (query: QueryParameters): ParkedFilter => {
  const topic = readText(query, 'topic');
  const group = readText(query, 'group');
  return { ...(topic === undefined ? {} : { topic }), ...(group === undefined ? {} : { group }) };
};

const publicParkedMessage = ({ id, parkedAt, topic, group, error, tooLarge, message }: ParkedListing): PublicParkedMessage => ({
  id,
  parkedAt: toIso(parkedAt),
  topic,
  group,
  error,
  tooLarge,
  messageId: message.id,
  messageType: message.type,
  messageTime: toIso(message.time),
  correlationId: message.correlationId,
});
