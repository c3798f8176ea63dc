import { createReadStream } from 'node:fs';
import { Controller, Get, Header, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from './auth.decorators';
import { problem } from './problem';

/** Of the page's library; its files are read when a browser asks for them and at no other time. */
const files: Readonly<Record<string, { readonly type: string; readonly path: () => string }>> = {
  'swagger-ui.css': { type: 'text/css; charset=utf-8', path: () => require.resolve('swagger-ui-dist/swagger-ui.css') },
  'swagger-ui-bundle.js': { type: 'text/javascript; charset=utf-8', path: () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js') },
  'favicon-32x32.png': { type: 'image/png', path: () => require.resolve('swagger-ui-dist/favicon-32x32.png') },
};

/** The API in words: a document for programs, a page for people. It tells nobody's data. */
@Controller('api-docs')
@Public()
export class ApiDescriptionController {
  /** A file and not made here: a service knows its own routes only, and this is the description of all. */
  @Get('openapi.json')
  openApi(): StreamableFile {
    return new StreamableFile(createReadStream(require.resolve('@tocsin/contracts/openapi.json')), { type: 'application/json' });
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }

  /** Pages run no script that stands in them. */
  @Get('start.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return START;
  }

  @Get(':file')
  file(@Param('file') name: string, @Res({ passthrough: true }) reply: FastifyReply): StreamableFile {
    const found = Object.hasOwn(files, name) ? files[name] : undefined;
    if (found === undefined) throw problem(404, 'NOT_FOUND', `there is no file ${name} here`);
    void reply.header('cache-control', 'public, max-age=86400');
    return new StreamableFile(createReadStream(found.path()), { type: found.type });
  }
}

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>API – Tocsin</title>
<link rel="stylesheet" href="/api-docs/swagger-ui.css"><link rel="icon" href="/api-docs/favicon-32x32.png"></head>
<body><div id="api"><p>The document itself: <a href="/api-docs/openapi.json">openapi.json</a></p></div>
<script src="/api-docs/swagger-ui-bundle.js"></script><script src="/api-docs/start.js"></script></body></html>`;

const START = `SwaggerUIBundle({ url: '/api-docs/openapi.json', dom_id: '#api', deepLinking: true, docExpansion: 'none', defaultModelsExpandDepth: 0, validatorUrl: null });
`;
