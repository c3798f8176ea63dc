import { timingSafeEqual } from 'node:crypto';
import { grantsUntil } from '@tocsin/domain';
import type { ApiKey, ApiKeyId, Clock, Instant, Role, User, UserId } from '@tocsin/domain';
import type { ConfigurationReader } from '@tocsin/messaging';
import { hashSecret } from '../secrets';
import { problem, ProblemException } from './problem';

/** Who asks. */
export interface Principal {
  readonly userId: UserId;
  /** The lower of the key's and the user's. */
  readonly role: Role;
  readonly keyId: ApiKeyId;
  readonly via: 'bearer' | 'basic' | 'session';
  /** No key that they make lasts longer; absent: for ever. */
  readonly grantsUntil?: Instant;
}

/** Keys and users in memory, so that nobody else has to be up to say who asks. */
export interface CredentialDirectory {
  apiKeyByHash(hash: string): ApiKey | undefined;
  userById(id: UserId): User | undefined;
  /** Without regard to case. */
  userByUsernameOrEmail(name: string): User | undefined;
  /** Resolves when everything configured before the call is known here; rejects when that takes too long. */
  upToDate(): Promise<void>;
}

export const configurationDirectory = (configuration: ConfigurationReader): CredentialDirectory => ({
  apiKeyByHash: (hash) => configuration.find('apikey', 'hash', hash),
  userById: (id) => configuration.get('user', id),
  userByUsernameOrEmail: (name) => configuration.find('user', 'username', name) ?? configuration.find('user', 'email', name),
  upToDate: () => configuration.upToDate(),
});

export interface Credentials {
  readonly authorization: string | undefined;
  readonly sessionCookie: string | undefined;
}

type Presented =
  { readonly via: 'bearer' | 'session'; readonly key: string } | { readonly via: 'basic'; readonly key: string; readonly name: string };

/** Says who asks, from memory; before it says that a key is unknown it reads everything configured up to now. */
export class Authenticator {
  private looking: Promise<void> | undefined;
  private lookingNext: Promise<void> | undefined;

  constructor(
    private readonly directory: CredentialDirectory,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemException 401 without credentials, 403 KEY_ERROR for wrong ones, 503 when it cannot be known */
  async authenticate(credentials: Credentials): Promise<Principal> {
    const presented = read(credentials);
    if (presented === 'none') throw problem(401, 'UNAUTHORIZED', 'Authorization is missing: send "Authorization: Bearer <api key>"');
    if (presented === 'malformed') throw keyError();
    const known = this.lookUp(presented);
    if (known !== undefined) return known;
    await this.upToDate();
    const now = this.lookUp(presented);
    if (now === undefined) throw keyError();
    return now;
  }

  private lookUp(presented: Presented): Principal | undefined {
    const hash = hashSecret(presented.key);
    const key = this.directory.apiKeyByHash(hash);
    if (key === undefined || !sameText(key.hash, hash)) return undefined;
    // A session's key lives in its cookie only and an API key never in one.
    if ((key.use === 'session') !== (presented.via === 'session')) return undefined;
    if (key.expiresAt !== undefined && key.expiresAt <= this.clock.now()) return undefined;
    const user = this.directory.userById(key.userId);
    if (user === undefined) return undefined;
    if (presented.via === 'basic' && !this.isNameOf(presented.name, user.id)) return undefined;
    const until = grantsUntil(key);
    return {
      ...{ userId: user.id, role: lowerRole(key.role, user.role), keyId: key.id, via: presented.via },
      ...(until === undefined ? {} : { grantsUntil: until }),
    };
  }

  /** The name may have `@organization` behind it, and a name that is an address has an `@` of its own. */
  private isNameOf(name: string, userId: UserId): boolean {
    const at = name.lastIndexOf('@');
    const whole = this.directory.userByUsernameOrEmail(name);
    const without = at > 0 ? this.directory.userByUsernameOrEmail(name.slice(0, at)) : undefined;
    return (whole ?? without)?.id === userId;
  }

  /** Requests with unknown keys share their looks, so that a flood of them costs one at a time. */
  private async upToDate(): Promise<void> {
    try {
      // The look that is under way may have begun before this key was made: it does not count.
      this.lookingNext ??= (this.looking ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => {
          this.lookingNext = undefined;
          this.looking = this.directory.upToDate().finally(() => (this.looking = undefined));
          return this.looking;
        });
      await this.lookingNext;
    } catch (error) {
      const unknown = { status: 503, message: 'cannot say now whether this key is valid; try again', code: 'UNAVAILABLE' };
      throw new ProblemException(unknown, { 'retry-after': '1' }, { cause: error });
    }
  }
}

const ranks: Readonly<Record<Role, number>> = { STAKEHOLDER: 0, GUEST: 1, RESPONDER: 2, USER: 3, ADMIN: 4 };

export const hasRole = (role: Role, atLeast: Role): boolean => ranks[role] >= ranks[atLeast];

const lowerRole = (one: Role, other: Role): Role => (hasRole(one, other) ? other : one);

/** The same for unknown, revoked, expired and malformed keys: nobody learns which. */
const keyError = (): ProblemException => problem(403, 'KEY_ERROR', 'the API key is not valid');

const sameText = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

const read = ({ authorization, sessionCookie }: Credentials): Presented | 'none' | 'malformed' => {
  const header = authorization?.trim() ?? '';
  if (header === '') return sessionCookie === undefined || sessionCookie === '' ? 'none' : { via: 'session', key: sessionCookie };
  const [first = '', ...rest] = header.split(/\s+/);
  const value = rest.join(' ');
  const scheme = first.toLowerCase();
  if (scheme === 'bearer') return rest.length === 1 ? { via: 'bearer', key: value } : 'malformed';
  if (scheme === 'basic') return readBasic(value);
  return rest.length === 0 ? { via: 'bearer', key: first } : 'malformed';
};

const readBasic = (encoded: string): Presented | 'malformed' => {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const [name, key] = [decoded.slice(0, colon).trim(), decoded.slice(colon + 1).trim()];
  return colon < 1 || name === '' || key === '' ? 'malformed' : { via: 'basic', name, key };
};
