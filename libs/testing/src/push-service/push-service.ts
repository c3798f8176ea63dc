import { createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PushDevice } from './push-device';
import type { ReceivedPush } from './push-device';

export interface RefusedPush {
  readonly status: number;
  readonly reason: string;
}

const LONGEST_BODY = 4_096;
const LONGEST_VALID_SEC = 24 * 3_600;

/**
 * The push service of a browser maker: gives out endpoints, takes what is encrypted for a device and signed by the sender
 * (RFC 8030, 8291, 8292), and hands it to the device. A device that was dropped is answered 410, one that never was 404.
 */
export class PushService {
  readonly refused: RefusedPush[] = [];
  private readonly devices = new Map<string, PushDevice>();
  private readonly dropped = new Set<string>();
  private nextStatus: number[] = [];
  private nth = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PushService> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => service.take(request, Buffer.concat(chunks), response));
    });
    const service = new PushService(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A browser subscribes. */
  device(): PushDevice {
    const path = `/send/${(this.nth += 1)}-${Math.random().toString(36).slice(2)}`;
    const device = new PushDevice(`${this.url}${path}`);
    this.devices.set(path, device);
    return device;
  }

  /** Its browser was removed, or the person withdrew the permission. */
  drop(device: PushDevice): void {
    this.dropped.add(new URL(device.endpoint).pathname);
  }

  /** The next pushes are answered so, whatever they are; `retry-after` goes with 429. */
  answerNext(...statuses: readonly number[]): void {
    this.nextStatus.push(...statuses);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take({ method, url = '', headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const answer = (status: number, reason = ''): void => {
      if (status >= 300) this.refused.push({ status, reason });
      response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end(reason);
    };
    const told = this.nextStatus.shift();
    if (told !== undefined) return answer(told, 'as told');
    const device = this.devices.get(url);
    if (method !== 'POST' || device === undefined) return answer(404, 'no such subscription');
    if (this.dropped.has(url)) return answer(410, 'unsubscribed');
    if (body.length > LONGEST_BODY) return answer(413, 'too large');
    if (headers['content-encoding'] !== 'aes128gcm') return answer(400, 'content-encoding must be aes128gcm');
    if (!/^\d+$/.test(String(headers['ttl']))) return answer(400, 'ttl is missing');
    if (!/^[\w-]{1,32}$/.test(String(headers['topic'] ?? 'none'))) return answer(400, 'topic is not valid');
    const problem = vapidProblem(headers.authorization, this.url);
    if (problem !== undefined) return answer(403, problem);
    try {
      device.received.push(JSON.parse(device.decrypt(body)) as ReceivedPush);
    } catch {
      // A real service cannot know; the device would drop it in silence, and no test would notice.
      return answer(400, 'not encrypted for this device');
    }
    return answer(201);
  }
}

/** What is wrong with `authorization: vapid t=<jwt>, k=<public key>`. */
const vapidProblem = (authorization: string | undefined, audience: string): string | undefined => {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization ?? '') ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  if (signature === '') return 'no vapid token';
  const raw = Buffer.from(key, 'base64url');
  const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map((part) => part.toString('base64url'));
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, format: 'jwk' });
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    return 'not signed by k';
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud?: string; exp?: number; sub?: string };
  if (aud !== audience) return 'for another service';
  const nowSec = Date.now() / 1_000;
  if (exp === undefined || exp < nowSec || exp > nowSec + LONGEST_VALID_SEC) return 'expired, or valid for too long';
  return /^(?:mailto:|https:\/\/)/.test(sub ?? '') ? undefined : 'nobody to write to';
};
