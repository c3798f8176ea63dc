import type { ChatSender } from '@tocsin/channels';
import {
  chatAccountOf,
  Clock,
  closeChatAccount,
  instant,
  linkChatAccount,
  plusMinutes,
  rejected,
  Rejection,
  reopenChatAccount,
} from '@tocsin/domain';
import type { ChatAccount, ChatMethod, Instant, User, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore, newUuid, SecretBox } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';

const PURPOSE = 'chat-account';
export const LINK_VALID_MINUTES = 15;

interface Token {
  readonly userId: UserId;
  readonly expiresAt: Instant;
  readonly mark: string;
}

export type Linking = { readonly type: 'linked'; readonly user: User } | { readonly type: 'invalid' } | { readonly type: 'taken' };

/** Whose account in a chat it is: said by the person with a token that counts once, on record from then on. */
export class ChatPeople {
  constructor(
    private readonly parts: {
      readonly configuration: ConfigurationReader;
      readonly configurationStore: ConfigurationStore;
      readonly secrets: SecretBox;
      readonly clock: Clock;
    },
  ) {}

  /** Another replica may have linked it a moment ago. @throws MessageBusFault */
  async userOf(method: ChatMethod, id: string): Promise<User | undefined> {
    return this.parts.configuration.surely(() => this.parts.configuration.find('user', method, id));
  }

  /** Short enough for every chat. Whoever hands it to the bot is this person; it counts until the account changes. */
  tokenFor(user: User, method: ChatMethod): string {
    const expiresAt = plusMinutes(this.parts.clock.now(), LINK_VALID_MINUTES);
    const mark = this.parts.secrets.mark(PURPOSE, marked(user, method, expiresAt));
    return [user.id.toString(36), expiresAt.toString(36), mark].join('_');
  }

  /** The same account again changes nothing. @throws EventStoreFault, MessageBusFault */
  async link(method: ChatMethod, { id, address }: ChatSender, given: string): Promise<Linking> {
    const { configuration, configurationStore, secrets, clock } = this.parts;
    const token = tokenIn(given);
    if (token === undefined) return { type: 'invalid' };
    const known = await this.userOf(method, id);
    // A call-back that comes again finds done what it asks for.
    if (known?.id === token.userId && chatAccountOf(known, method)?.closed === undefined) return { type: 'linked', user: known };
    if (token.expiresAt <= clock.now()) return { type: 'invalid' };
    try {
      const user = await configurationStore.change(
        'user',
        token.userId,
        (current, now) => {
          if (!secrets.isMark(PURPOSE, marked(current, method, token.expiresAt), token.mark)) throw rejected('forbidden', 'used before');
          return linkChatAccount(current, { method, id, address }, configuration.list('user'), now);
        },
        byUser(token.userId),
      );
      return { type: 'linked', user };
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      return { type: error.code === 'already-exists' ? 'taken' : 'invalid' };
    }
  }

  /** Nothing gets to this address any more. Again changes nothing. @throws EventStoreFault, MessageBusFault, Rejection when the person is gone */
  async close(userId: UserId, account: Pick<ChatAccount, 'method' | 'address'> & { readonly reason: string }): Promise<void> {
    await this.parts.configurationStore.change('user', userId, (user, now) => closeChatAccount(user, account, now), bySystem());
  }

  /** @throws as `close` */
  async reopen(userId: UserId, method: ChatMethod): Promise<void> {
    await this.parts.configurationStore.change('user', userId, (user, now) => reopenChatAccount(user, method, now), byUser(userId));
  }
}

/** What a token is about. Once an account is linked by it, the token is about something that is not so any more, and never will be again. */
const marked = (user: User, method: ChatMethod, expiresAt: Instant): string => {
  const { id = '', linkedAt = 0, closed } = chatAccountOf(user, method) ?? {};
  // As it always was where nothing was unlinked: in a rolling update replicas of two versions give out links and take them.
  const unlinkedAt = user.chatUnlinkedAt === undefined ? [] : [user.chatUnlinkedAt];
  return [method, user.id, expiresAt, id, linkedAt, closed?.at ?? 0, ...unlinkedAt].join(' ');
};

const tokenIn = (text: string): Token | undefined => {
  const [, user, expiry, mark] = /^([0-9a-z]{1,11})_([0-9a-z]{1,10})_([a-z2-7]{26})$/.exec(text) ?? [];
  if (user === undefined || expiry === undefined || mark === undefined) return undefined;
  return { userId: parseInt(user, 36) as UserId, expiresAt: instant(parseInt(expiry, 36)), mark };
};

const bySystem = (): ChangeContext => ({ requestId: newUuid(), actor: { type: 'system', part: 'notifications' } });
const byUser = (userId: UserId): ChangeContext => ({ requestId: newUuid(), actor: { type: 'user', userId } });
