import type { LoggerService } from '@nestjs/common';
import type { Logger } from '../logging';

/** What Nest itself has to say, in our log. Its start-up lines are of no use to who runs it. */
export class NestLog implements LoggerService {
  constructor(private readonly to: Logger) {}

  log(message: unknown): void {
    this.to.debug({ text: String(message) }, 'nest');
  }

  warn(message: unknown): void {
    this.to.warn({ text: String(message) }, 'nest');
  }

  /** That a port cannot be had is said by whoever asked for it. */
  error(message: unknown, ...rest: readonly unknown[]): void {
    if (/^Error: (?:listen|getaddrinfo) /.test(String(message))) return;
    this.to.error(message instanceof Error ? { err: message } : { text: String(message), stack: rest[0] }, 'nest');
  }
}
