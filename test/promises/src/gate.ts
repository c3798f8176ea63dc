/** A place of the path that can be closed. Whatever reaches it meanwhile waits, and is let through when it opens again. */
export class Gate {
  private opened: Promise<void> = Promise.resolve();
  private letThrough: () => void = () => undefined;
  private met: () => void = () => undefined;
  /** Resolves when something has reached it while it was closed. */
  reached: Promise<void> = Promise.resolve();
  closed = false;

  close(): void {
    this.closed = true;
    this.opened = new Promise((resolve) => (this.letThrough = resolve));
    this.reached = new Promise((resolve) => (this.met = resolve));
  }

  open(): void {
    this.closed = false;
    this.letThrough();
  }

  async pass(): Promise<void> {
    if (this.closed) this.met();
    await this.opened;
  }

  refuse(fault: Error): void {
    if (!this.closed) return;
    this.met();
    throw fault;
  }
}
