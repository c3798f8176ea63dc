const WORDS = { none: 0, stall: 1, 'disk-full': 2, 'io-error': 3, crash: 4 } as const;

/**
 * Test seam: what happens to every commit from now on, just before SQLite's COMMIT. It is a word both threads see, so a
 * commit that is already under way when it changes is met too.
 */
export class CommitFaults {
  readonly buffer = new SharedArrayBuffer(4);
  private readonly word = new Int32Array(this.buffer);

  set(fault: keyof typeof WORDS): void {
    Atomics.store(this.word, 0, WORDS[fault]);
    Atomics.notify(this.word, 0);
  }
}
