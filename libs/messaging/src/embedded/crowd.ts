const REMEMBERED_MS = 50;

/** How many wait together, and the most that did within the last 50 ms. */
export class Crowd {
  private inside = 0;
  private most = 0;
  private mostAt = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  enter(): void {
    this.inside++;
    const now = this.now();
    if (this.inside < this.most && now - this.mostAt <= REMEMBERED_MS) return;
    this.most = this.inside;
    this.mostAt = now;
  }

  leave(): void {
    this.inside--;
  }

  size(): number {
    return this.now() - this.mostAt <= REMEMBERED_MS ? this.most : this.inside;
  }
}
