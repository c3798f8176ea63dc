import type { Mail, MailOutcome } from '@tocsin/alert-actions';
import type { Channel, SendOutcome } from '@tocsin/channels';
import { TurnsPerTarget } from '../turns-per-target';

/** Pages have the rest of a provider's connections. */
const AT_ONCE = 2;

/** E-mails of actions leave through the providers of pages; the outbox is none of them, since it shows pages alone. */
export class ActionMail implements Mail {
  private readonly turns = new TurnsPerTarget(AT_ONCE);

  constructor(private readonly channels: () => readonly Channel[]) {}

  get isSetUp(): boolean {
    return this.providers().length > 0;
  }

  send(address: string, message: { readonly subject: string; readonly text: string }, key: string): Promise<MailOutcome> {
    return this.turns.run('mail', () => this.sendInTurn(address, message, key));
  }

  /** Whoever may have it is not followed by another one, who might send it a second time. */
  private async sendInTurn(
    target: string,
    message: { readonly subject: string; readonly text: string },
    key: string,
  ): Promise<MailOutcome> {
    let last: SendOutcome = { type: 'failed', permanent: true, reason: 'none' };
    for (const channel of this.providers()) {
      last = await channel.send({ target, message, key });
      if (last.type !== 'failed') break;
    }
    switch (last.type) {
      case 'handed-over':
        return { type: 'sent' };
      case 'unknown':
        return { type: 'failed', reason: 'connection-lost', retriable: true, uncertain: true };
      case 'failed':
        return { type: 'failed', reason: last.permanent ? 'rejected' : 'unreachable', retriable: !last.permanent, uncertain: false };
    }
  }

  private providers(): readonly Channel[] {
    return this.channels().filter(({ provider }) => provider !== 'outbox');
  }
}
