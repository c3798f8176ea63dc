import type { AlertId, Clock } from '@tocsin/domain';
import { newUuid } from '@tocsin/platform';
import type { AlertStreams } from './alert-streams';

/** Resolves alerts whose source says that they end by themselves after a time. */
export class AutoResolution {
  constructor(
    private readonly alerts: AlertStreams,
    private readonly clock: Clock,
  ) {}

  /** Whether it is still open and its time has come, the alert decides: firing twice does no harm. @throws EventStoreFault */
  async fireDue(stream: string): Promise<void> {
    const commandId = newUuid();
    await this.alerts.handle(
      Number(stream.slice('alert-'.length)) as AlertId,
      { type: 'autoResolve', at: this.clock.now() },
      { commandId, causationId: commandId, correlationId: stream, actor: { type: 'system', part: 'auto-resolution' } },
    );
  }
}
