import { SecretBox } from '@tocsin/platform';

const PURPOSE = 'mail-reply';
const PREFIX = 'notification-';
/** RFC 5321, 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;
const ADDRESS = /[\w.-]{1,64}\+([a-z\d-]{28,60})@/gi;
/** Of one mail; who has more of them than that is guessing. */
const MOST_ADDRESSES = 16;

/**
 * The address to which one page is answered: it names the page's stream and is signed, so that whoever writes to it has had the
 * page. Mail systems may change the case of letters, and take 64 characters: a token like that of a link would not fit.
 */
export class ReplyAddresses {
  constructor(
    private readonly secrets: SecretBox,
    /** `tocsin@example.org`, to which `tocsin+…@example.org` leads as well; read late, as the public URL is. */
    private readonly mailbox: () => string,
    /** Set up for replies; else they may as well end in somebody's mailbox, and nobody is told to write any. */
    readonly isKnownToLeadHere: boolean,
  ) {}

  /** Undefined when there is none that is short enough. */
  of(stream: string): string | undefined {
    const [name = '', domain = ''] = this.mailbox().split('@');
    const local = `${name}+${stream.slice(PREFIX.length)}-${this.secrets.mark(PURPOSE, stream)}`;
    return stream.startsWith(PREFIX) && local.length <= LONGEST_LOCAL_PART ? `${local}@${domain}` : undefined;
  }

  /** The stream of the first address in the text that we made. */
  streamIn(text: string): string | undefined {
    let looked = 0;
    for (const [, token = ''] of text.matchAll(ADDRESS)) {
      looked += 1;
      if (looked > MOST_ADDRESSES) return undefined;
      const [, rest = '', mark = ''] = /^(.+)-([^-]+)$/.exec(token.toLowerCase()) ?? [];
      const stream = `${PREFIX}${rest}`;
      if (this.secrets.isMark(PURPOSE, stream, mark)) return stream;
    }
    return undefined;
  }
}
