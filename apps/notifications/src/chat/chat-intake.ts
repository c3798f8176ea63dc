import type { ChatBot, ChatCallback, ChatRequest } from '@tocsin/channels';
import { topics } from '@tocsin/contracts';
import type { ChatRequestMade } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import type { ChatMethod, UserId } from '@tocsin/domain';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import { hashSecret, OutgoingFault, SecretBox } from '@tocsin/platform';
import { problem } from '@tocsin/platform/nest';
import type { FastifyRequest } from 'fastify';
import { ChatPeople } from './chat-people';

export interface ChatIntakeParts {
  readonly bots: readonly ChatBot[];
  readonly people: ChatPeople;
  readonly configuration: ConfigurationReader;
  readonly bus: MessageBus;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** What chats call back with, and where people begin to link an account. */
export class ChatIntake {
  constructor(private readonly parts: ChatIntakeParts) {}

  /** Durable when it returns what the provider is answered; carried out after. @throws ProblemException 403, 503; MessageBusFault */
  async take(method: ChatMethod, { body, headers }: FastifyRequest): Promise<unknown> {
    const bot = this.bot(method);
    const callback: ChatCallback = {
      body: Buffer.isBuffer(body) ? body.toString() : '',
      header: (name) => (typeof headers[name] === 'string' ? headers[name] : undefined),
    };
    if (!(await this.isGenuine(bot, callback))) throw problem(403, 'FORBIDDEN', 'the signature is not valid');
    const { id, request, answer } = bot.read(callback);
    if (request.type !== 'other') await this.record(bot, id, request);
    return answer;
  }

  /** Undefined while the provider does not answer. @throws ProblemException 403 */
  async linkOf(method: ChatMethod, userId: UserId): Promise<string | undefined> {
    const user = this.parts.configuration.get('user', userId);
    if (user === undefined) throw problem(403, 'FORBIDDEN', 'this person is not there any more');
    const link = await this.bot(method).linkUrl(this.parts.people.tokenFor(user, method));
    return link.ok ? link.value : undefined;
  }

  /** What cannot be checked now is neither believed nor refused: it may come again. */
  private async isGenuine(bot: ChatBot, callback: ChatCallback): Promise<boolean> {
    try {
      return await bot.isGenuine(callback, this.parts.clock.now());
    } catch (error) {
      if (!(error instanceof OutgoingFault)) throw error;
      throw problem(503, 'UNAVAILABLE', `call-backs of ${bot.provider} cannot be checked now: ${error.reason}`);
    }
  }

  private async record({ provider }: ChatBot, id: string, request: Exclude<ChatRequest, { type: 'other' }>): Promise<void> {
    const { bus, secrets, clock } = this.parts;
    const data: ChatRequestMade = { provider, sealed: secrets.encrypt(JSON.stringify(request)) };
    await bus.publish(topics.notificationCommands, [
      {
        id,
        // One person's requests stay in order, and nobody reads from the bus who that is.
        key: `${provider}-${hashSecret(request.by.id).slice(0, 16)}`,
        type: 'ChatRequestMade',
        schemaVersion: 1,
        time: clock.now(),
        correlationId: id,
        causationId: id,
        data,
      },
    ]);
  }

  private bot(method: ChatMethod): ChatBot {
    const bot = this.parts.bots.find((each) => each.method === method);
    if (bot === undefined) throw problem(404, 'NOT_FOUND', `${method} is not set up`);
    return bot;
  }
}
