import 'reflect-metadata';
import { Readable } from 'node:stream';
import { Controller, Get, Module, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from './auth.decorators';
import { edge } from './testing/edge';
import type { EdgeUnderTest } from './testing/edge';

let most = { listeners: 0, allowed: 0 };

@Controller('api')
@Public()
class Files {
  @Get('file')
  file(@Res({ passthrough: true }) { raw }: FastifyReply): StreamableFile {
    raw.on('newListener', (event) => {
      if (event === 'close') most = { listeners: Math.max(most.listeners, raw.listenerCount('close') + 1), allowed: raw.getMaxListeners() };
    });
    return new StreamableFile(Readable.from(['a part', ' and another']));
  }
}

@Module({ controllers: [Files] })
class FilesModule {}

let app: EdgeUnderTest;
beforeAll(async () => {
  app = await edge(FilesModule, {});
});
afterAll(() => app.close());

describe('an answer that is a stream', () => {
  it('has no more listeners than Node.js is told of, who would take them for a leak', async () => {
    expect(await (await app.fetch('/api/file')).text()).toBe('a part and another');
    expect(most.listeners).toBeGreaterThan(0);
    expect(most.listeners).toBeLessThanOrEqual(most.allowed);
  });
});
