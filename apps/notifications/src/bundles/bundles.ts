import { bundleStream, Clock } from '@tocsin/domain';
import type { BundledPage, PagesBundled, UserId } from '@tocsin/domain';
import { derivedEventId, eventOf, EventStore } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';

/** One attempt to send a bundle, as receipts and links name it. */
export interface BundleAttempt {
  readonly stream: string;
  /** From 1 on. */
  readonly attempt: number;
}

const PREFIX = bundleStream(0).slice(0, -1);

/** Which pages were in one message together. */
export class Bundles {
  constructor(
    private readonly eventStore: EventStore,
    private readonly clock: Clock,
  ) {}

  static isBundle(stream: string): boolean {
    return stream.startsWith(PREFIX);
  }

  /** Durable before the message leaves. @throws EventStoreFault */
  async record(bundle: number, userId: UserId, pages: readonly BundledPage[], cause: Cause): Promise<BundleAttempt> {
    const stream = bundleStream(bundle);
    const time = this.clock.now();
    const event: PagesBundled = { type: 'PagesBundled', data: { at: time, userId, pages } };
    const { revision } = await this.eventStore.append(stream, 'any', [
      {
        id: derivedEventId(cause.causationId, stream, 0),
        ...event,
        metadata: { schemaVersion: 1, time, actor: { type: 'system', part: 'notifications' }, ...cause },
      },
    ]);
    return { stream, attempt: revision + 1 };
  }

  /**
   * Removes the bundles of a page that is about to be removed, where it is the last one of them: a link to all of them works as long as
   * one is there. Again changes nothing. @throws EventStoreFault
   */
  async forget(notification: string): Promise<void> {
    const attempts = (await this.eventStore.readStream(notification)).filter(({ type }) => type === 'AttemptStarted');
    for (const bundle of new Set(attempts.map(({ data }) => (data as { readonly key: string }).key).filter(Bundles.isBundle))) {
      const bundled = await this.eventStore.readStream(bundle);
      const pages = new Set(bundled.flatMap((stored) => eventOf<PagesBundled>(stored).data.pages.map((page) => page.notification)));
      pages.delete(notification);
      if (bundled.length > 0 && !(await this.isOneThere([...pages]))) await this.eventStore.deleteStream(bundle);
    }
  }

  /** The last of them first: alerts go to the archive in their order, so that those before it may be gone. */
  private async isOneThere(pages: readonly string[]): Promise<boolean> {
    for (const page of pages.toReversed()) if ((await this.eventStore.readLast(page)) !== undefined) return true;
    return false;
  }

  /** Undefined when there was no such attempt. @throws EventStoreFault */
  async read({ stream, attempt }: BundleAttempt): Promise<PagesBundled['data'] | undefined> {
    const [stored] = await this.eventStore.readStream(stream, { from: attempt - 1, limit: 1 });
    if (stored?.revision !== attempt - 1 || stored.type !== 'PagesBundled') return undefined;
    return eventOf<PagesBundled>(stored).data;
  }
}
