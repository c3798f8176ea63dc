/** A message that is not finished yet, in the order of its partition. */
export interface Place {
  readonly offset: number;
  before: Place | undefined;
  after: Place | undefined;
}

/**
 * Up to where everything of one partition is finished. Messages are finished in any order; the mark is the oldest one that
 * is not, so committing it can never skip work. Only unfinished messages are kept, so one stuck message costs no memory
 * however far the others get.
 */
export class LowWaterMark {
  private oldest: Place | undefined;
  private newest: Place | undefined;
  private highestOffset = -1;

  /** Offset of the last message begun, -1 before the first. */
  get lastBegun(): number {
    return this.highestOffset;
  }

  /** Offsets must grow. */
  begin(offset: number): Place {
    const place: Place = { offset, before: this.newest, after: undefined };
    if (this.newest === undefined) this.oldest = place;
    else this.newest.after = place;
    this.newest = place;
    this.highestOffset = offset;
    return place;
  }

  /** Once per place. The next offset to continue from after a crash, when it moved. */
  finish(place: Place): number | undefined {
    const moved = place === this.oldest;
    if (place.before === undefined) this.oldest = place.after;
    else place.before.after = place.after;
    if (place.after === undefined) this.newest = place.before;
    else place.after.before = place.before;
    return moved ? (this.oldest?.offset ?? this.highestOffset + 1) : undefined;
  }
}
