import { request as httpRequest } from 'node:http';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { instant } from '@tocsin/domain';
import { WoundClock } from '../../clock/wound-clock';
import { createLogger } from '../../logging';
import { Metrics } from '../../metrics';
import { SecretBox } from '../../secrets';
import type { CredentialDirectory } from '../authenticator';
import { createHttpApp } from '../http-app';
import type { HttpAppOptions } from '../http-app';

const nobody: CredentialDirectory = {
  apiKeyByHash: () => undefined,
  userById: () => undefined,
  userByUsernameOrEmail: () => undefined,
  upToDate: () => Promise.resolve(),
};

type Line = Readonly<Record<string, unknown>>;

/** A listening server around one module, as a service has it. */
export const edge = async (module: Type, options: Partial<HttpAppOptions> = {}) => {
  const lines: Line[] = [];
  const app: NestFastifyApplication = await createHttpApp(module, {
    log: createLogger({ level: 'debug', write: (line) => void lines.push(JSON.parse(line) as Line) }),
    metrics: new Metrics(),
    clock: new WoundClock(instant(1_700_000_000_000)),
    secrets: new SecretBox(['0123456789abcdef0123456789abcdef']),
    credentials: nobody,
    ...options,
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const call = (path: string, init?: RequestInit): Promise<Response> => fetch(url + path, init);
  return {
    app,
    url,
    fetch: call,
    logged: (): readonly Line[] => lines,
    json: async (path: string, init?: RequestInit) => {
      const answer = await call(path, init);
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown>,
      };
    },
    /** What fetch would tidy up before it sends it. */
    raw: (
      method: string,
      path: string,
      headers: Readonly<Record<string, string>> = {},
      body = '',
    ): Promise<{ status: number; body: string }> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(url);
        const sent = httpRequest(
          { hostname, port, method, path, headers: { ...headers, ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) } },
          (answer) => {
            let text = '';
            answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
          },
        );
        sent.on('error', reject).end(body);
      }),
    /** One more turn, in which the server hears that answers have gone out. */
    closedConnections: () => new Promise<void>((resolve) => setImmediate(resolve)),
    close: () => app.close(),
  };
};

export type EdgeUnderTest = Awaited<ReturnType<typeof edge>>;
