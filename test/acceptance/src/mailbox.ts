import type { MailServer, ReceivedMail } from '@tocsin/testing';

/** A person's mailbox: what arrived, and the links in it. */
export class Mailbox {
  constructor(
    private readonly mailServer: MailServer,
    readonly address: string,
  ) {}

  all(): readonly ReceivedMail[] {
    return this.mailServer.mailbox(this.address);
  }

  get subjects(): readonly string[] {
    return this.all().map(({ subject }) => subject);
  }

  /** The link for a purpose in the newest mail. */
  link(purpose: 'accept' | 'resolve' | 'escalate'): string {
    const mail = this.all().at(-1);
    const link = new RegExp(`https?://\\S+/answer/${purpose}/\\S+`).exec(mail?.text ?? '')?.[0];
    if (link === undefined) throw new Error(`no ${purpose} link in the newest mail to ${this.address}`);
    return link;
  }
}
