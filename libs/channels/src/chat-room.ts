import type { PushDeviceType } from '@tocsin/domain';
import type { Outgoing, OutgoingAnswer, OutgoingRequest } from '@tocsin/platform';
import { DevicesChannel } from './devices.channel';
import type { DeviceOutcome, DeviceService } from './devices.channel';
import { hostIn } from './host-in';
import { outcomeOfRefusal, outcomeWithoutAnswer } from './http-outcome';
import type { RenderedMessage } from './message';
import type { Provider } from './provider';
import { postOf } from './room-post';
import type { RoomPost } from './room-post';

/** A chat whose rooms have addresses that anybody who knows them can write to. */
export interface Chat {
  readonly type: PushDeviceType;
  readonly provider: string;
  /** What is wrong with an address; undefined when it is one that the chat gives out for a room. */
  problem(url: string): string | undefined;
  request(url: string, post: RoomPost): OutgoingRequest;
  /** Whether nothing will ever be taken there again. */
  isGone(answer: OutgoingAnswer): boolean;
}

/** A room that one person alone reads is one more device of theirs. */
export class ChatRooms implements DeviceService {
  readonly type: PushDeviceType;
  readonly provider: string;

  constructor(
    private readonly chat: Chat,
    private readonly outgoing: Outgoing,
    readonly atOnce: number,
  ) {
    this.type = chat.type;
    this.provider = chat.provider;
  }

  hostOf(url: string): string {
    return hostIn(url);
  }

  async push(url: string, message: RenderedMessage): Promise<DeviceOutcome> {
    try {
      const answer = await this.outgoing.send(this.chat.request(url, postOf(message)));
      if (answer.status >= 200 && answer.status < 300) return { type: 'handed-over', receiptExpected: false };
      return this.chat.isGone(answer) ? { type: 'gone', reason: `answered ${answer.status}` } : outcomeOfRefusal(answer);
    } catch (error) {
      return outcomeWithoutAnswer(error);
    }
  }
}

type NoSettings = Readonly<Record<never, never>>;

/** Each room brings its address, so that there is nothing to set up. */
export const providerOf = (chat: Chat, atOnce: number): Provider<NoSettings> => ({
  name: chat.provider,
  methods: ['PUSH'],
  schema: {},
  needs: [[]],
  atOnce: () => atOnce,
  open: (_settings, { push }) =>
    Promise.resolve(push === undefined ? [] : [new DevicesChannel([new ChatRooms(chat, push.outgoing, atOnce)], push.openAddress)]),
});

export const jsonPost = (url: string, body: object): OutgoingRequest => ({
  ...{ url, method: 'POST', body: JSON.stringify(body) },
  headers: { 'content-type': 'application/json' },
});
