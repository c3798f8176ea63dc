import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, plusMinutes } from '@tocsin/domain';
import * as fc from 'fast-check';
import { secretKeyIn } from './secret-key-file';
import { hashSecret, newApiKey, newIntegrationKey, SecretBox, secretKeyProblem, SecretUnreadable } from './secrets';

const [oldKey, newKey] = ['old-key-old-key-old-key-old-key-1', 'new-key-new-key-new-key-new-key-2'];
const now = instant(1_700_000_000_000);
const box = new SecretBox([newKey]);
const token = (purpose = 'accept'): string => box.signToken({ purpose, a: 4711, u: 3 }, plusMinutes(now, 60));

describe('an encrypted secret', () => {
  it('comes back as it was, and looks different each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const [one, other] = [box.encrypt(text), box.encrypt(text)];
        expect([box.decrypt(one), box.decrypt(other)]).toEqual([text, text]);
        expect(one).not.toBe(other);
      }),
    );
  });

  it('of an older key can still be read while that key is on the list, and is said to be outdated', () => {
    const before = new SecretBox([oldKey]).encrypt('s3cret');
    const rotated = SecretBox.fromSetting(`${newKey}, ${oldKey}`);
    expect(rotated.decrypt(before)).toBe('s3cret');
    expect(rotated.isOutdated(before)).toBe(true);
    expect(rotated.isOutdated(rotated.encrypt('s3cret'))).toBe(false);
    expect(() => box.decrypt(before)).toThrow(expect.objectContaining({ reason: 'unknown-key' }));
  });

  it('that was changed anywhere is refused', () => {
    const [id, body = ''] = box.encrypt('s3cret').split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => box.decrypt(`${id}.${changed.toString('base64url')}`)).toThrow(SecretUnreadable);
    }
  });

  it.each(['', 'x', 'a.b.c', '.'])('is not "%s"', (text) => {
    expect(() => box.decrypt(text)).toThrow(expect.objectContaining({ reason: 'malformed' }));
  });
});

describe('a mark', () => {
  it('is the text’s for its purpose, by any key of the list, and of nothing else', () => {
    const mark = new SecretBox([oldKey]).mark('reply', '4711-1-8');
    expect(mark).toMatch(/^[a-z2-7]{26}$/);
    expect(SecretBox.fromSetting(`${newKey}, ${oldKey}`).isMark('reply', '4711-1-8', mark)).toBe(true);
    expect(box.isMark('reply', '4711-1-8', mark)).toBe(false);
    const rotated = new SecretBox([oldKey]);
    expect([rotated.isMark('reply', '4711-1-9', mark), rotated.isMark('other', '4711-1-8', mark)]).toEqual([false, false]);
    expect([rotated.isMark('reply', '4711-1-8', mark.slice(1)), rotated.isMark('reply', '4711-1-8', '')]).toEqual([false, false]);
  });
});

describe('a signed token', () => {
  it('gives its payload for its purpose until it expires', () => {
    expect(box.verifyToken('accept', token(), now)).toEqual({ ok: true, payload: { a: 4711, u: 3 } });
    expect(box.verifyToken('accept', token(), plusMinutes(now, 60))).toEqual({ ok: false, reason: 'expired' });
    expect(box.verifyToken('resolve', token(), now)).toEqual({ ok: false, reason: 'other-purpose' });
  });

  it('is short and stands in a URL as it is', () => {
    expect(token()).toMatch(/^[\w.-]+$/);
    expect(token().length).toBeLessThan(90);
  });

  it('that was changed anywhere is refused', () => {
    const signed = token();
    for (let index = 0; index < signed.length; index++) {
      const changed = `${signed.slice(0, index)}${signed[index] === 'A' ? 'B' : 'A'}${signed.slice(index + 1)}`;
      const verified = box.verifyToken('accept', changed, now);
      expect(verified.ok).toBe(false);
    }
  });

  it('whose expiry or purpose was put forward by hand has a bad signature', () => {
    const [, signature] = token().split('.');
    const forged = Buffer.from(JSON.stringify(['accept', 9_999_999_999, { a: 1, u: 1 }])).toString('base64url');
    expect(box.verifyToken('accept', `${forged}.${signature}`, now)).toEqual({ ok: false, reason: 'bad-signature' });
  });

  it('survives the rotation of the key, not its removal', () => {
    const before = new SecretBox([oldKey]).signToken({ purpose: 'accept' }, plusMinutes(now, 1));
    expect(new SecretBox([newKey, oldKey]).verifyToken('accept', before, now).ok).toBe(true);
    expect(box.verifyToken('accept', before, now)).toEqual({ ok: false, reason: 'bad-signature' });
  });

  it('is never made of garbage', () => {
    fc.assert(fc.property(fc.string(), (garbage) => !box.verifyToken('accept', garbage, now).ok));
    expect(box.verifyToken('accept', 'x.y', now)).toEqual({ ok: false, reason: 'malformed' });
  });
});

describe('a key for others', () => {
  it('is recognisable, random and says in its hash nothing about itself', () => {
    expect(newApiKey()).toMatch(/^tk_[a-z2-7]{32}$/);
    expect(newIntegrationKey('API')).toMatch(/^til1api[a-z2-7]{32}$/);
    expect(new Set(Array.from({ length: 100 }, () => newApiKey())).size).toBe(100);
    expect(hashSecret(' abc\n')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('the secret key setting', () => {
  it.each(['', ' , ', 'too short', `${newKey},short`])('refuses "%s"', (setting) => {
    expect(() => SecretBox.fromSetting(setting)).toThrow(/TOCSIN_SECRET_KEY/);
    expect(secretKeyProblem(setting)).toContain('32 characters');
  });

  it('takes one key or several', () => {
    expect([newKey, `${newKey}, ${newKey}`].map(secretKeyProblem)).toEqual([undefined, undefined]);
  });
});

describe('a data directory without a secret key', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-key-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('gets one that only its owner can read, and keeps it', () => {
    const key = secretKeyIn(join(directory, 'data'));
    const file = join(directory, 'data', 'secret.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(key);
    expect(secretKeyIn(join(directory, 'data'))).toBe(key);
    expect(() => SecretBox.fromSetting(key)).not.toThrow();
  });

  it('is not given a new one over an empty file', () => {
    writeFileSync(join(directory, 'secret.key'), '');
    expect(() => secretKeyIn(directory)).toThrow(/is empty/);
  });
});

describe('a short code', () => {
  const codes = new SecretBox([newKey, oldKey]);

  it('is six digits, the same each time, and another one for another text, purpose or key', () => {
    const code = box.shortCode('contact', 'a');
    expect(code).toMatch(/^\d{6}$/);
    expect(box.shortCode('contact', 'a')).toBe(code);
    expect([box.shortCode('contact', 'b'), box.shortCode('other', 'a'), new SecretBox([oldKey]).shortCode('contact', 'a')]).not.toContain(
      code,
    );
  });

  it('is known again, also after the key was rotated, and nothing else is', () => {
    const before = new SecretBox([oldKey]).shortCode('contact', 'a');
    expect(codes.isShortCode('contact', 'a', before)).toBe(true);
    expect(box.isShortCode('contact', 'a', before)).toBe(false);
    for (const other of ['', '1', `${before} `, `${before}0`, before.replace(/^./, (digit) => String((Number(digit) + 1) % 10))])
      expect(codes.isShortCode('contact', 'a', other)).toBe(false);
  });

  it('is as likely as any other', () => {
    const counts = new Array<number>(10).fill(0);
    for (let text = 0; text < 5_000; text++) counts[Number(box.shortCode('contact', String(text))[0])]! += 1;
    // 500 each; six standard deviations are 127.
    expect(counts.filter((count) => Math.abs(count - 500) > 127)).toEqual([]);
  });
});
