/** Something to be looked at, for one who waits for it: what came while nobody waited is not missed. */
export class News {
  private there = false;
  private wake: () => void = () => undefined;

  come(): void {
    this.there = true;
    this.wake();
  }

  /** It is being looked at. */
  seen(): void {
    this.there = false;
  }

  /** Resolves when something came since it was last looked, or after `ms`. */
  async wait(ms?: number): Promise<void> {
    if (this.there) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}
