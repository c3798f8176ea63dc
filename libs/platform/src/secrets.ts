import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Instant } from '@tocsin/domain';

export type RandomBytes = (size: number) => Buffer;

export type SecretUnreadableReason = 'malformed' | 'unknown-key' | 'tampered';

/** A stored secret cannot be decrypted. `unknown-key`: its key was taken off the list too early. */
export class SecretUnreadable extends Error {
  constructor(
    readonly reason: SecretUnreadableReason,
    options?: ErrorOptions,
  ) {
    super(`stored secret: ${reason}`, options);
    this.name = 'SecretUnreadable';
  }
}

export type TokenPayload = Readonly<Record<string, unknown>>;
export type TokenRefusal = 'malformed' | 'bad-signature' | 'expired' | 'other-purpose';
export type VerifiedToken = { readonly ok: true; readonly payload: TokenPayload } | { readonly ok: false; readonly reason: TokenRefusal };

interface MasterKey {
  readonly id: string;
  readonly secret: Buffer;
  readonly cipherKey: Buffer;
  readonly signingKeys: Map<string, KeyObject>;
}

const SHORTEST_KEY = 32;
const LONGEST_PURPOSE = 64;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** 128 bits cannot be guessed, and links stay short enough for a text message. */
const SIGNATURE_BYTES = 16;

/**
 * Encrypts what is stored and signs what comes back in links, under TOCSIN_SECRET_KEY. The first key encrypts and signs,
 * all of them decrypt and verify, so that a key is rotated by putting a new one in front. Each use has its own derived key.
 */
export class SecretBox {
  private readonly keys: readonly MasterKey[];
  private readonly first: MasterKey;

  /** @throws RangeError when there is no key, or one is too short */
  constructor(
    keys: readonly string[],
    private readonly random: RandomBytes = randomBytes,
  ) {
    this.keys = keys.map(masterKey);
    const [first] = this.keys;
    if (first === undefined) throw new RangeError('TOCSIN_SECRET_KEY: is empty; give at least one key of 32 or more characters');
    this.first = first;
  }

  /** From the setting: keys separated by commas or blanks, the newest first. @throws RangeError */
  static fromSetting(setting: string): SecretBox {
    return new SecretBox(secretKeysIn(setting));
  }

  /** What tells the keys apart, and says nothing of them. */
  get keyIds(): readonly string[] {
    return this.keys.map(({ id }) => id);
  }

  /** AES-256-GCM; the same text gives another result each time. */
  encrypt(text: string): string {
    const nonce = this.random(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.first.cipherKey, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(this.first.id));
    const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.first.id}.${body.toString('base64url')}`;
  }

  /** @throws SecretUnreadable */
  decrypt(encrypted: string): string {
    const [id, encoded, ...more] = encrypted.split('.');
    const body = Buffer.from(encoded ?? '', 'base64url');
    if (id === undefined || more.length > 0 || body.length < NONCE_BYTES + TAG_BYTES) throw new SecretUnreadable('malformed');
    const key = this.keys.find((each) => each.id === id);
    if (key === undefined) throw new SecretUnreadable('unknown-key');
    const decipher = createDecipheriv('aes-256-gcm', key.cipherKey, body.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(key.id));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    try {
      return decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (error) {
      throw new SecretUnreadable('tampered', { cause: error });
    }
  }

  /** Whether it should be encrypted again, because an older key did it. */
  isOutdated(encrypted: string): boolean {
    return !encrypted.startsWith(`${this.first.id}.`);
  }

  /** A token for one purpose that expires at the given second; what it carries can be read by whoever has it. */
  signToken({ purpose, ...payload }: TokenPayload & { readonly purpose: string }, expiresAt: Instant): string {
    if (purpose.length === 0 || purpose.length > LONGEST_PURPOSE) throw new RangeError(`a purpose has 1 to ${LONGEST_PURPOSE} characters`);
    const body = Buffer.from(JSON.stringify([purpose, Math.ceil(expiresAt / 1_000), payload])).toString('base64url');
    return `${body}.${this.signature(this.first, purpose, body).toString('base64url')}`;
  }

  /** The signature is looked at before the expiry, so that `expired` is only ever said of our own tokens. */
  verifyToken(purpose: string, token: string, now: Instant): VerifiedToken {
    const read = readToken(token);
    if (read === undefined) return { ok: false, reason: 'malformed' };
    if (!this.isSigned(read)) return { ok: false, reason: 'bad-signature' };
    if (read.purpose !== purpose) return { ok: false, reason: 'other-purpose' };
    if (now >= read.expiresAtSec * 1_000) return { ok: false, reason: 'expired' };
    return { ok: true, payload: read.payload };
  }

  /** Six digits that only the holder of the key can make of the text; the same each time, so that they are stored nowhere. */
  shortCode(purpose: string, text: string): string {
    return shortCodeOf(signingKey(this.first, purpose), text);
  }

  /** Whether it is the text's code by any of the keys; the time taken does not tell how much of it is right. */
  isShortCode(purpose: string, text: string, given: string): boolean {
    let matches = false;
    for (const key of this.keys) matches = isSame(shortCodeOf(signingKey(key, purpose), text), given) || matches;
    return matches;
  }

  /** 26 small letters and digits, 130 bits, that only the holder of the key can make of the text: where a token would be too long. */
  mark(purpose: string, text: string): string {
    return markOf(signingKey(this.first, purpose), text);
  }

  /** Whether it is the text's mark by any of the keys. */
  isMark(purpose: string, text: string, given: string): boolean {
    let matches = false;
    for (const key of this.keys) matches = isSame(markOf(signingKey(key, purpose), text), given) || matches;
    return matches;
  }

  private isSigned({ purpose, body, signature }: ReadToken): boolean {
    let signed = false;
    // All keys are tried, so that the time taken does not tell which one it was.
    for (const key of this.keys) signed = timingSafeEqual(this.signature(key, purpose, body), signature) || signed;
    return signed;
  }

  private signature(key: MasterKey, purpose: string, body: string): Buffer {
    return createHmac('sha256', signingKey(key, purpose)).update(body).digest().subarray(0, SIGNATURE_BYTES);
  }
}

/** What is wrong with the setting's text, as advice; undefined when keys can be made of it. */
export const secretKeyProblem = (setting: string): string | undefined => {
  const keys = secretKeysIn(setting);
  if (keys.length > 0 && keys.every((key) => key.length >= SHORTEST_KEY)) return undefined;
  return `each key must have at least ${SHORTEST_KEY} characters; make one with: openssl rand -base64 32`;
};

export const secretKeysIn = (setting: string): readonly string[] => setting.split(/[\s,]+/).filter((key) => key !== '');

/** SHA-256, hex. Keys have enough randomness of their own that no slow hash is needed. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret.trim()).digest('hex');

/** An API key; shown once, kept as its hash. */
export const newApiKey = (random: RandomBytes = randomBytes): string => `tk_${randomWord(random)}`;

/** Recognisable by type, as ilert's are (`il1api…`), so that a key in the wrong place is noticed. */
export const newIntegrationKey = (type: string, random: RandomBytes = randomBytes): string =>
  `til1${type.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}${randomWord(random)}`;

/** What our keys look like anywhere in a text; see the logger. */
export const KEY_PATTERN = /\b(?:tk_|til1)[a-z0-9]{26,}\b/g;

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** 160 bits in 32 letters and digits: no character that ends a double click or needs escaping. */
const randomWord = (random: RandomBytes): string => [...random(32)].map((byte) => ALPHABET[byte % 32]).join('');

interface ReadToken {
  readonly purpose: string;
  readonly expiresAtSec: number;
  readonly payload: TokenPayload;
  readonly body: string;
  readonly signature: Buffer;
}

const readToken = (token: string): ReadToken | undefined => {
  const [body, encodedSignature, ...more] = token.split('.');
  if (body === undefined || encodedSignature === undefined || more.length > 0) return undefined;
  const signature = Buffer.from(encodedSignature, 'base64url');
  const claims = parseJson(Buffer.from(body, 'base64url').toString());
  // Exactly as it was made: another spelling of the same bytes would be another token.
  if (signature.length !== SIGNATURE_BYTES || signature.toString('base64url') !== encodedSignature || !Array.isArray(claims))
    return undefined;
  const [purpose, expiresAtSec, payload] = claims as readonly unknown[];
  if (typeof purpose !== 'string' || purpose.length > LONGEST_PURPOSE || typeof expiresAtSec !== 'number') return undefined;
  if (typeof payload !== 'object' || payload === null) return undefined;
  return { purpose, expiresAtSec, payload: payload as TokenPayload, body, signature };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const masterKey = (key: string): MasterKey => {
  if (key.length < SHORTEST_KEY)
    throw new RangeError(`TOCSIN_SECRET_KEY: a key must have at least ${SHORTEST_KEY} characters; make one with: openssl rand -base64 32`);
  const secret = Buffer.from(key, 'utf8');
  return { id: derive(secret, 'key id', 6).toString('hex'), secret, cipherKey: derive(secret, 'encrypt', 32), signingKeys: new Map() };
};

const SHORT_CODES = 1_000_000;

/** Of 48 bits, so that no code is likelier than another by more than can be counted. */
const shortCodeOf = (key: KeyObject, text: string): string =>
  String(createHmac('sha256', key).update(text).digest().readUIntBE(0, 6) % SHORT_CODES).padStart(6, '0');

const MARK_LETTERS = 26;

const markOf = (key: KeyObject, text: string): string =>
  [...createHmac('sha256', key).update(text).digest().subarray(0, MARK_LETTERS)].map((byte) => ALPHABET[byte % 32]).join('');

const isSame = (code: string, given: string): boolean =>
  timingSafeEqual(createHash('sha256').update(code).digest(), createHash('sha256').update(given).digest());

const MOST_SIGNING_KEYS = 64;

const signingKey = ({ secret, signingKeys }: MasterKey, purpose: string): KeyObject => {
  const known = signingKeys.get(purpose);
  if (known !== undefined) return known;
  const derived = createSecretKey(derive(secret, `sign ${purpose}`, 32));
  // Anybody may send a token with a purpose of their own: those must not fill the memory.
  if (signingKeys.size < MOST_SIGNING_KEYS) signingKeys.set(purpose, derived);
  return derived;
};

const derive = (secret: Buffer, use: string, size: number): Buffer => Buffer.from(hkdfSync('sha256', secret, 'tocsin', use, size));
