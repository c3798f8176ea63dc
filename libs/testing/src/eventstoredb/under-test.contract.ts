import { randomUUID } from 'node:crypto';
import { jsonEvent } from '@eventstore/db-client';
import type {
  AllStreamSubscription,
  EventData,
  EventStoreDBClient,
  ResolvedEvent,
  StreamingRead,
  StreamSubscription,
} from '@eventstore/db-client';

/** A server to speak to: the test server, or a real one. */
export interface UnderTest {
  readonly client: EventStoreDBClient;
  readonly url: string;
}

export const newStream = (category = 'c'): string => `${category}-${randomUUID()}`;
export const event = (n = 0, type = 'Happened'): EventData => jsonEvent({ type, data: { n }, metadata: { $correlationId: 'c' } });
export const events = (count: number): EventData[] => Array.from({ length: count }, (_, n) => event(n));
export const idsOf = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

export async function collect<E extends ResolvedEvent>(reading: StreamingRead<E>): Promise<E[]> {
  const found: E[] = [];
  for await (const one of reading) found.push(one);
  return found;
}
export const readIds = async (reading: StreamingRead<ResolvedEvent>): Promise<string[]> =>
  (await collect(reading)).map((one) => one.event?.id ?? '');

/** The error of something that must fail. */
export async function errorOf(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('it went well');
}

/** A subscription that remembers what came, and can be waited for. */
export class Heard {
  readonly ids: string[] = [];
  readonly log: string[] = [];
  readonly failed: Promise<Error>;
  private check: () => void = () => undefined;

  constructor(readonly subscription: StreamSubscription | AllStreamSubscription) {
    this.failed = new Promise((resolve) => subscription.on('error', resolve));
    subscription.on('data', (one: ResolvedEvent) => {
      this.ids.push(one.event?.id ?? '');
      this.note(`event ${one.event?.id}`);
    });
    subscription.on('confirmation', () => this.note('confirmation'));
    subscription.on('caughtUp', () => this.note('caught up'));
  }

  note(what: string): void {
    this.log.push(what);
    this.check();
  }

  async until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((resolve) => (this.check = resolve));
  }

  async caughtUp(): Promise<void> {
    await this.until(() => this.log.includes('caught up'));
  }
}
