import { appendCases } from './protocol-appends.contract';
import { deletionCases } from './protocol-deletions.contract';
import { messageCases } from './protocol-messages.contract';
import { readCases } from './protocol-reads.contract';
import { subscriptionCases } from './protocol-subscriptions.contract';
import type { UnderTest } from './under-test.contract';

/** What the protocol promises, as its own client sees it; the test server is held to what a real one does. */
export function eventStoreDbProtocol(name: string, open: () => Promise<UnderTest & { close(): Promise<void> }>): void {
  describe(`the protocol of EventStoreDB, spoken by ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened.client.dispose();
      await opened.close();
    });
    const underTest = (): UnderTest => opened;
    appendCases(underTest);
    readCases(underTest);
    subscriptionCases(underTest);
    deletionCases(underTest);
    messageCases(underTest);
  });
}
