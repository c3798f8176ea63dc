import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@tocsin/platform/nest';

/** Where a person lands who opens the address that the start printed. It tells nobody's data. */
@Controller()
@Public()
export class StartPageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }
}

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Tocsin</title>
<style>body{font-family:sans-serif;font-size:18px;line-height:1.5;margin:20px auto;max-width:34em;padding:0 12px}</style></head><body><main>
<h1>Tocsin</h1>
<p>Tools post events here. Tocsin raises alerts from them, finds out who is on call, and pages those people until somebody answers.</p>
<ul>
<li><a href="/outbox">Outbox</a>: messages for which no provider is set up, for administrators. Sign in with the link that the first start printed, or with your user name and an API key as the password.</li>
<li><a href="/api-docs">API</a>: every route, its parameters and its answers.</li>
<li><a href="/health/ready">Health</a>: whether Tocsin can do its work, or what it waits for.</li>
<li><a href="/metrics">Metrics</a>: numbers for Prometheus.</li>
</ul>
</main></body></html>`;
