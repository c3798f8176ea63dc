import { Controller, Get, Headers, Res } from '@nestjs/common';
import { RequiresRole } from '@tocsin/platform/nest';
import { Eta } from 'eta';
import type { FastifyReply } from 'fastify';
import { Outbox } from './outbox';

const SHOWN = 50;

/** Base of our own links; read when a page is made. Stands above the controller, whose decorators name it. */
export abstract class OutboxSettings {
  abstract readonly publicUrl: string;
}

/** Messages that no provider took, for administrators; as a page, or as JSON for whoever asks for that. */
@Controller('outbox')
@RequiresRole('ADMIN')
export class OutboxController {
  constructor(
    private readonly outbox: Outbox,
    private readonly settings: OutboxSettings,
  ) {}

  @Get()
  async newest(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const messages = await this.outbox.newest(SHOWN);
    void reply.header('cache-control', 'no-store');
    if (accept?.includes('application/json') === true) return messages.map(({ atText: _atText, ...message }) => message);
    void reply.header('content-type', 'text/html; charset=utf-8');
    return eta.renderString(PAGE, { messages, partsOf: (text: string) => partsOf(text, this.settings.publicUrl) });
  }
}

const eta = new Eta({ autoEscape: true });

/** A text cut where our own answer links begin and end. What a tool wrote is never a link on an administrator's page. */
const partsOf = (text: string, publicUrl: string): readonly { readonly text: string; readonly isAnswer: boolean }[] =>
  text.split(/(https?:\/\/\S+)/).map((part) => ({ text: part, isAnswer: isAnswerLink(part, `${publicUrl}/answer/`) }));

const isAnswerLink = (part: string, base: string): boolean =>
  part.startsWith(base) && /^(?:accept|resolve|escalate)\/[\w.~-]+$/.test(part.slice(base.length));

/** Text with working answer links: the message's HTML is not trusted into this page, the plain text is escaped. */
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="5"><title>Outbox – Tocsin</title>
<style>body{font-family:sans-serif;margin:20px auto;max-width:50em;padding:0 12px}article{border:1px solid #bbb;border-radius:8px;padding:12px;margin:12px 0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}</style></head><body><main>
<h1>Outbox</h1><p>Messages for which no provider is set up. The newest is on top.</p>
<% if (it.messages.length === 0) { %><p>No messages yet.</p><% } %>
<% for (const message of it.messages) { %><article><h2><%= message.subject %></h2><p><%= message.method %> to <%= message.to || 'device' %>, <%= message.atText %></p>
<pre><% for (const part of it.partsOf(message.text)) { if (part.isAnswer) { %><a href="<%= part.text %>" rel="noreferrer"><%= part.text %></a><% } else { %><%= part.text %><% } } %></pre></article><% } %>
</main></body></html>`;
