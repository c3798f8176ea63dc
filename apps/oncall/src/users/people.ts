import { refuseStrangers, rejected } from '@tocsin/domain';
import type { Editor, User, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';

/** People as paths name them: by id, by username (B4), or `current` for whoever asks. */
export class People {
  constructor(private readonly configuration: ConfigurationReader) {}

  /** Reads everything configured up to now before it says that somebody is not there. @throws Rejection `not-found`, MessageBusFault */
  async find(reference: string, by: Editor): Promise<User> {
    const found = await this.configuration.surely(() => this.lookUp(reference, by));
    if (found === undefined) throw rejected('not-found', `there is no user ${reference}`);
    return found;
  }

  /** The person, for whom only they themselves and administrators act (B32). @throws Rejection `forbidden`, `not-found` */
  async findOwn(reference: string, by: Editor): Promise<User> {
    // Somebody else's existence is told to nobody who could not do anything about it.
    if (by.role !== 'ADMIN') refuseStrangers(by, this.lookUp(reference, by)?.id ?? NOBODY);
    return this.find(reference, by);
  }

  /** Whoever there is: for what must be unique. */
  all(): readonly User[] {
    return this.configuration.list('user');
  }

  seenBy(by: Editor): readonly User[] {
    return this.configuration.seenBy(by).list('user');
  }

  others(id: UserId): readonly User[] {
    return this.all().filter((user) => user.id !== id);
  }

  /** Without regard to case. */
  async findByEmail(email: string, by: Editor): Promise<User> {
    const seen = this.configuration.seenBy(by);
    const found = await seen.surely(() => seen.find('user', 'email', email));
    if (found === undefined) throw rejected('not-found', 'nobody has this e-mail address');
    return found;
  }

  private lookUp(reference: string, by: Editor): User | undefined {
    const seen = this.configuration.seenBy(by);
    if (reference === 'current') return seen.get('user', by.userId);
    if (/^\d+$/.test(reference)) return seen.get('user', Number(reference));
    return seen.find('user', 'username', reference);
  }
}

const NOBODY = -1 as UserId;
