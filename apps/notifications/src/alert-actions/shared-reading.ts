/**
 * One reading for all who ask at about the same time: each waits for one that began after they asked, so that under load there
 * are two at most, one that runs and one that waits.
 */
export class SharedReading {
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(private readonly read: () => Promise<void>) {}

  now(): Promise<void> {
    return (this.next ??= this.afterRunning());
  }

  private async afterRunning(): Promise<void> {
    await this.running?.catch(() => undefined);
    this.next = undefined;
    this.running = this.read();
    await this.running;
  }
}
