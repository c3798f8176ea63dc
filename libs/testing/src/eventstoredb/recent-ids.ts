/** Ids written lately and where, per stream; the oldest are forgotten. */
export class RecentIds {
  private readonly revisions = new Map<string, number>();

  constructor(private readonly most: number) {}

  remember(stream: string, id: string, revision: number): void {
    const key = keyOf(stream, id);
    this.revisions.delete(key);
    this.revisions.set(key, revision);
    if (this.revisions.size <= this.most) return;
    const oldest = this.revisions.keys().next();
    if (!oldest.done) this.revisions.delete(oldest.value);
  }

  revisionOf(stream: string, id: string): number | undefined {
    return this.revisions.get(keyOf(stream, id));
  }
}

const keyOf = (stream: string, id: string): string => `${id} ${stream}`;
