import type { BusConnection, Message, MessageBus } from './message-bus';

/** A member of a group that remembers what it was given and lets a test wait for it. */
export class Member {
  readonly received: Message[] = [];
  mostAtOnce = 0;
  private readonly running = new Map<number, number>();
  private connection: BusConnection | undefined;
  private check: () => void = () => undefined;

  static async connect(
    bus: MessageBus,
    topic: string,
    group: string,
    work?: (messages: readonly Message[]) => Promise<void>,
  ): Promise<Member> {
    const member = new Member();
    member.connection = await bus.connect(topic, group, {
      receive: async (batch) => {
        const partition = batch[0]?.partition ?? -1;
        expect(batch.every((one) => one.partition === partition)).toBe(true);
        const running = (member.running.get(partition) ?? 0) + 1;
        member.running.set(partition, running);
        member.mostAtOnce = Math.max(member.mostAtOnce, running);
        await work?.(batch);
        member.running.set(partition, running - 1);
        member.received.push(...batch);
        member.check();
      },
      revoked: async () => undefined,
    });
    return member;
  }

  async until(reached: (received: readonly Message[]) => boolean): Promise<void> {
    while (!reached(this.received)) await new Promise<void>((resolve) => (this.check = resolve));
  }

  commitAll(): void {
    for (const { partition, offset } of this.received) this.connection?.commit(partition, offset + 1);
  }

  commit(partition: number, nextOffset: number): void {
    this.connection?.commit(partition, nextOffset);
  }

  lag(): Promise<number> {
    return this.connection?.lag() ?? Promise.resolve(Number.NaN);
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }
}
