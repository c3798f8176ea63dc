/** When something was first seen: the fakes keep what came, not when. */
export class Arrivals {
  private readonly times = new Map<string, number>();

  of(id: string): number {
    const known = this.times.get(id);
    if (known !== undefined) return known;
    const now = Date.now();
    this.times.set(id, now);
    return now;
  }
}
