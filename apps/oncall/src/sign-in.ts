import { Clock, grantsUntil, isAtLeast, plusMinutes, rejected } from '@tocsin/domain';
import type { ApiKey, ApiKeyId, Editor, Instant, Role, User } from '@tocsin/domain';
import { EventStore, WrongExpectedRevision } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore, hashSecret, newApiKey, newUuid, SecretBox, SignInLinks } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';

const LINK_VALID_MINUTES = 60;
const SESSION_VALID_MINUTES = 12 * 60;

export interface Session {
  /** The cookie's value: an API key that expires. */
  readonly key: string;
  readonly expiresAt: Instant;
  /** Where to go then. */
  readonly page: '/me' | '/outbox';
}

interface UsableLink {
  readonly user: User;
  readonly role: Role;
  readonly nonce: string;
  readonly byMail: boolean;
  /** Of the key that asked for it: neither the session nor what is made in it lasts longer. */
  readonly until: Instant | undefined;
}

/**
 * Signing in without passwords: a signed link that works once gives a session, which is an API key with an expiry in a
 * cookie. That it was used is an event in a stream of its own, so that of two clicks, in any replica, one wins.
 */
export class SignIn {
  private readonly links: SignInLinks;

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly configuration: ConfigurationReader;
      readonly configurationStore: ConfigurationStore;
      readonly secrets: SecretBox;
      readonly clock: Clock;
      readonly settings: PlatformSettings;
    },
  ) {
    this.links = new SignInLinks(parts.secrets, parts.settings);
  }

  /** A link for this person, valid for an hour and once. Its session may do no more than whoever asks for it; with their key it ends. */
  linkFor({ userId, role, keyId }: Editor & { readonly keyId?: ApiKeyId }): string {
    const claims = { userId, role, nonce: newUuid(), ...(keyId === undefined ? {} : { keyId }) };
    return this.links.link(claims, plusMinutes(this.parts.clock.now(), LINK_VALID_MINUTES));
  }

  /** Whether the link could be used now; nothing happens yet. */
  async check(token: string): Promise<'usable' | 'expired' | 'invalid'> {
    const read = await this.read(token);
    return typeof read === 'string' ? read : 'usable';
  }

  /** Uses the link up. @throws Rejection `forbidden` when it is expired, invalid or used; EventStoreFault */
  async redeem(token: string, remoteAddress?: string): Promise<Session> {
    const read = await this.read(token);
    if (typeof read === 'string')
      throw rejected(
        'forbidden',
        read === 'expired' ? 'this sign-in link has expired; ask for a new one' : 'this sign-in link is not valid',
      );
    await this.useUp(read.nonce, read.user);
    const key = newApiKey();
    const { until } = read;
    const longest = plusMinutes(this.parts.clock.now(), SESSION_VALID_MINUTES);
    const expiresAt = until !== undefined && until < longest ? until : longest;
    const role = isAtLeast(read.role, read.user.role) ? read.user.role : read.role;
    await this.parts.configurationStore.create(
      'apikey',
      (id: ApiKeyId, now) => ({
        id,
        // Not the person's name: that stands in their own stream only.
        name: 'browser session',
        userId: read.user.id,
        role,
        hash: hashSecret(key),
        use: 'session',
        expiresAt,
        ...(until === undefined ? {} : { grantsUntil: until }),
        createdAt: now,
        updatedAt: now,
      }),
      { requestId: newUuid(), actor: { type: 'user', userId: read.user.id }, ...(remoteAddress === undefined ? {} : { remoteAddress }) },
    );
    return { key, expiresAt, page: role === 'ADMIN' && !read.byMail ? '/outbox' : '/me' };
  }

  private async read(token: string): Promise<UsableLink | 'expired' | 'invalid'> {
    const claims = this.links.read(token, this.parts.clock.now());
    if (typeof claims === 'string') return claims;
    const { userId, role, nonce, keyId, byMail = false } = claims;
    const { configuration } = this.parts;
    // Known before it is trusted, not only looked up: a key that was revoked a moment ago, by any replica, gives no session.
    if (keyId !== undefined) await configuration.upToDate();
    const user = await configuration.surely(() => configuration.get('user', userId));
    const key = keyId === undefined ? undefined : configuration.get('apikey', keyId);
    if (user === undefined || (keyId !== undefined && !this.isValid(key))) return 'invalid';
    return { user, role, nonce, byMail, until: key && grantsUntil(key) };
  }

  private isValid(key: ApiKey | undefined): boolean {
    return key !== undefined && (key.expiresAt === undefined || key.expiresAt > this.parts.clock.now());
  }

  private async useUp(nonce: string, user: User): Promise<void> {
    const time = this.parts.clock.now();
    try {
      await this.parts.eventStore.append(`signin-${nonce}`, 'no_stream', [
        {
          id: newUuid(),
          type: 'SignInLinkUsed',
          data: { userId: user.id, at: time },
          metadata: { schemaVersion: 1, time, actor: { type: 'user', userId: user.id }, correlationId: nonce, causationId: nonce },
        },
      ]);
    } catch (error) {
      if (error instanceof WrongExpectedRevision) throw rejected('forbidden', 'this sign-in link has been used; ask for a new one');
      throw error;
    }
  }
}
