import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ConfigurationReader } from '@tocsin/messaging';
import { CurrentUser, problem, Public, RequiresRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { OpenAlerts } from './open-alerts';
import type { MyOpenAlert } from './open-alerts';
import { PageFiles } from './page-files';
import { Reach } from './reach';

/** What devices can be pushed to from here. Above the controller, whose decorators name it. */
export abstract class PushOffers {
  /** The key that browsers subscribe with; null: none is pushed to. */
  abstract publicKey(): Promise<string | null>;
  /** Whether there is an ntfy server, whose apps can be pushed to. */
  abstract readonly hasNtfy: boolean;
}

export interface MyState {
  readonly user: { readonly id: number; readonly language: string };
  /** An alert of high priority would reach the person now. */
  readonly ready: boolean;
  readonly pushKey: string | null;
  readonly ntfy: boolean;
  readonly alerts: readonly MyOpenAlert[];
}

const PAGE_POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'connect-src', 'manifest-src', 'worker-src', 'form-action'].map((kind) => `${kind} 'self'`),
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page of one person: their open alerts, who is on call, and push for the device it is opened on. */
@Controller('me')
export class MeController {
  constructor(
    private readonly files: PageFiles,
    private readonly openAlerts: OpenAlerts,
    private readonly push: PushOffers,
    private readonly configuration: ConfigurationReader,
    private readonly reach: Reach,
  ) {}

  /** Without anybody's data: who is not signed in sees how to. */
  @Get()
  @Public()
  page(@Headers('if-none-match') known: string | undefined, @Res() reply: FastifyReply): void {
    this.send('index.html', known, reply);
  }

  @Get('state')
  @RequiresRole('STAKEHOLDER')
  async state(@CurrentUser() { userId }: Principal): Promise<MyState> {
    const user = this.configuration.get('user', userId);
    if (user === undefined) throw problem(403, 'FORBIDDEN', 'this person is not there any more');
    const [alerts, pushKey, ready] = await Promise.all([this.openAlerts.of(user), this.push.publicKey(), this.reach.isReady(user)]);
    return { user: { id: user.id, language: user.language }, ready, pushKey, ntfy: this.push.hasNtfy, alerts };
  }

  @Get(':file')
  @Public()
  file(@Param('file') name: string, @Headers('if-none-match') known: string | undefined, @Res() reply: FastifyReply): void {
    this.send(name, known, reply);
  }

  private send(name: string, known: string | undefined, reply: FastifyReply): void {
    const file = this.files.get(name);
    if (file === undefined) throw problem(404, 'NOT_FOUND', 'there is no such file of the page');
    void reply
      .header('content-security-policy', PAGE_POLICY)
      .header('etag', file.etag)
      // Asked for each time: a page and a worker of two versions must not meet.
      .header('cache-control', 'no-cache')
      .header('content-type', file.type);
    // The page stands a level above the folder that its worker lies in.
    if (name === 'worker.js') void reply.header('service-worker-allowed', '/me');
    if (known === file.etag) void reply.status(304).send();
    else void reply.send(file.body);
  }
}
