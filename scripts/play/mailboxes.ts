import { Arrivals } from './arrivals.ts';
import type { Outside } from './outside.ts';
import type { Person } from './ready-world.ts';

interface Mail {
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly replyTo: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly via: 'smtp' | 'sendgrid';
}

export interface ShownMail extends Pick<Mail, 'id' | 'from' | 'subject' | 'text' | 'via'> {
  readonly at: number;
  /** Whether a reply reaches the product. */
  readonly canBeAnswered: boolean;
}

/** Everybody's mailbox, whoever the mail came by. */
export class Mailboxes {
  private readonly outside: Outside;
  private readonly arrivals = new Arrivals();

  constructor(outside: Outside) {
    this.outside = outside;
  }

  /** Newest first. */
  of({ email }: Person): readonly ShownMail[] {
    return this.all()
      .filter(({ to }) => to === email)
      .map(({ id, from, subject, text, via, replyTo }) => ({
        ...{ id, from, subject, text, via },
        at: this.arrivals.of(id),
        canBeAnswered: replyTo !== undefined,
      }))
      .sort((one, other) => other.at - one.at);
  }

  /** As its sender wrote it: nothing that may be shown as a part of a page. */
  html(id: string): string | undefined {
    return this.find(id)?.html;
  }

  /** Answers it in the name of whoever got it. Answers with the status of the product's answer. */
  async reply(id: string, text: string): Promise<number> {
    const mail = this.find(id);
    if (mail?.replyTo === undefined) return 404;
    return (await this.outside.sendgrid.reply({ from: mail.to, to: mail.replyTo, text })).status;
  }

  private find(id: string): Mail | undefined {
    return this.all().find((mail) => mail.id === id);
  }

  private all(): readonly Mail[] {
    const { mail, sendgrid } = this.outside;
    return [
      ...mail.all().map((each, index) => ({ ...each, id: `smtp-${index}`, via: 'smtp' as const })),
      ...sendgrid.mails.map((each, index) => ({ ...each, id: `sendgrid-${index}`, via: 'sendgrid' as const })),
    ];
  }
}
