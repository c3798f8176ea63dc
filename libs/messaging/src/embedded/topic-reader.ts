import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessageLog } from '@tocsin/embedded-log';
import type { Message, OutgoingMessage } from '../message-bus';

const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 5_000;
const PARTITION = 0;

/** Reads one topic from an offset on, for ever: page after page, each handed over only when the one before was taken. */
export class TopicReader {
  private stopped = false;
  private wake: () => void = () => undefined;
  private readonly forget: () => void;

  constructor(
    private readonly log: MessageLog,
    private readonly topic: string,
    private position: number,
    private readonly take: (messages: readonly Message[], next: number) => Promise<void>,
  ) {
    this.forget = log.onPublished(topic, () => this.wake());
    void this.run();
  }

  /** Nothing more is handed over; what was handed over may still be in work. */
  stop(): void {
    this.stopped = true;
    this.forget();
    this.wake();
  }

  private async run(): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    // Whoever connects has its connection in hand before the first message comes.
    await nextTurn();
    while (!this.stopped) {
      // Listening starts before looking, so a publish between the two is not missed.
      const news = new Promise<void>((resolve) => (this.wake = resolve));
      try {
        const page = this.log.readPage(this.topic, this.position);
        if (page.messages.length > 0 || page.next > this.position) await this.take(this.parse(page.messages), page.next);
        this.position = page.next;
        backOffMs = FIRST_BACK_OFF_MS;
        if (page.next < this.log.nextOffset(this.topic)) await this.log.turns.next();
        else if (!this.stopped) await news;
      } catch {
        // Neither an unreadable disk nor a receiver that failed loses a message: the same ones come again, less and less often.
        if (this.stopped) return;
        await sleep(backOffMs);
        backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS);
      }
    }
  }

  private parse(rows: ReturnType<MessageLog['readPage']>['messages']): readonly Message[] {
    const epoch = this.log.topic(this.topic)?.epoch ?? '';
    return rows.map((row) => {
      const known = row.parsed as Message | undefined;
      if (known !== undefined) return known;
      const message: Message = deepFreeze({
        ...(JSON.parse(row.body) as OutgoingMessage),
        topic: this.topic,
        epoch,
        partition: PARTITION,
        offset: row.at,
      });
      row.parsed = message;
      return message;
    });
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** All groups share what was parsed once. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
