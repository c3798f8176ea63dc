import type { NotificationMethod } from '@tocsin/domain';
import { Channel } from '../channel';
import type { SendOutcome } from '../channel';

/**
 * Stands in for a provider that is not set up: the message stays in the event log as handed over to `outbox`, and the
 * outbox page renders it from there. There is nothing to send and nothing that could fail.
 */
export class OutboxChannel extends Channel {
  readonly provider = 'outbox';

  constructor(readonly method: NotificationMethod) {
    super();
  }

  async send(): Promise<SendOutcome> {
    return { type: 'handed-over', receiptExpected: false };
  }

  async close(): Promise<void> {}
}
