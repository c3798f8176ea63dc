import type { Instant } from '@tocsin/domain';
import { OutgoingFault } from '@tocsin/platform';
import type { Outgoing, OutgoingAnswer } from '@tocsin/platform';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';

/** Who signs what the Bot Connector sends, in every cloud but those of governments. */
const ISSUER = 'https://api.botframework.com';
const CHANNEL = 'msteams';
/** As the vendor's own library allows. */
const CLOCKS_APART_SEC = 300;

export interface ConnectorTokensSettings {
  readonly jwksUrl: string;
  readonly appId: string;
  readonly keysEveryMs: number;
  readonly outgoing: Outgoing;
}

/** The bearer tokens of the Bot Connector: signed with one of its published keys, made for our bot, and not expired. */
export class ConnectorTokens {
  private readonly keyOf: JWTVerifyGetKey;

  constructor(private readonly settings: ConnectorTokensSettings) {
    const { jwksUrl, keysEveryMs, outgoing } = settings;
    const keys = createRemoteJWKSet(new URL(jwksUrl), {
      cooldownDuration: keysEveryMs,
      [customFetch]: async (url) => responseOf(await outgoing.send({ url, method: 'GET' })),
    });
    this.keyOf = async (header, token) => {
      const key = await keys(header, token);
      // A key is good for some channels only.
      const published = keys.jwks()?.keys.find(({ kid }) => kid === header?.kid);
      const { endorsements } = (published ?? {}) as { readonly endorsements?: unknown };
      if (!Array.isArray(endorsements) || !endorsements.includes(CHANNEL)) throw new errors.JWKSNoMatchingKey();
      return key;
    };
  }

  /**
   * The service URL that the token was issued for; undefined when it is not to be believed.
   * @throws OutgoingFault, OutgoingRefused when the keys cannot be read
   */
  async serviceUrlIn(authorization: string | undefined, now: Instant): Promise<string | undefined> {
    const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, this.keyOf, {
        issuer: ISSUER,
        audience: this.settings.appId,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'serviceurl'],
        clockTolerance: CLOCKS_APART_SEC,
        currentDate: new Date(now),
      });
      return typeof payload['serviceurl'] === 'string' ? payload['serviceurl'] : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** That the keys cannot be read says nothing of the token. */
const responseOf = ({ status, body }: OutgoingAnswer): Response => {
  if (status !== 200 || !isJson(body)) throw new OutgoingFault('unreachable', false);
  return new Response(body, { headers: { 'content-type': 'application/json' } });
};

/** A proxy that answers in their place does so with a page. */
const isJson = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};
