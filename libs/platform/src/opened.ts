/** What has to be closed, the other way round: at the stop, or when a later step of a start fails. */
export class Opened {
  private readonly closings: (() => Promise<unknown>)[] = [];
  private closing: Promise<void> | undefined;

  add(close: () => Promise<unknown>): void {
    this.closings.push(close);
  }

  /** The same promise however often it is called. */
  close(): Promise<void> {
    return (this.closing ??= this.closeAll());
  }

  private async closeAll(): Promise<void> {
    for (let close = this.closings.pop(); close !== undefined; close = this.closings.pop()) await close();
  }
}
