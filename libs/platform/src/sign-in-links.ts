import type { ApiKeyId, Instant, Role, UserId } from '@tocsin/domain';
import type { SecretBox } from './secrets';

export interface SignInClaims {
  readonly userId: UserId;
  /** At most this is what the session may do. */
  readonly role: Role;
  /** Another one for each link: it is used once. */
  readonly nonce: string;
  /** The link ends with the key that asked for it. */
  readonly keyId?: ApiKeyId;
  /** It was sent to the person, who asked for it at their page. */
  readonly byMail?: boolean;
}

const PURPOSE = 'sign-in';

/** Links that sign in a browser: made where they are asked for or sent, read where they are used. */
export class SignInLinks {
  constructor(
    private readonly secrets: SecretBox,
    private readonly settings: { readonly publicUrl: string },
  ) {}

  link({ userId: u, role: r, nonce: n, keyId, byMail }: SignInClaims, expiresAt: Instant): string {
    const claims = { u, r, n, ...(keyId === undefined ? {} : { k: keyId }), ...(byMail === true ? { m: true } : {}) };
    return `${this.settings.publicUrl}/sign-in/${this.secrets.signToken({ purpose: PURPOSE, ...claims }, expiresAt)}`;
  }

  read(token: string, now: Instant): SignInClaims | 'expired' | 'invalid' {
    const verified = this.secrets.verifyToken(PURPOSE, token, now);
    if (!verified.ok) return verified.reason === 'expired' ? 'expired' : 'invalid';
    const { u, r, n, k, m } = verified.payload as { u: UserId; r: Role; n: string; k?: ApiKeyId; m?: boolean };
    return { userId: u, role: r, nonce: n, ...(k === undefined ? {} : { keyId: k }), ...(m === true ? { byMail: true } : {}) };
  }
}
