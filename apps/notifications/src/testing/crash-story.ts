import { Crash, CrashPoint } from './crash-point';

export interface CrashStory<Running> {
  readonly story: readonly ((running: Running) => Promise<void>)[];
  /** A process begins, which knows what is on record and nothing else. */
  begin(point: CrashPoint): Running;
  /** What the next process does first, some time after the crash. */
  repair(running: Running): Promise<void>;
}

/** Tells the story with a process that ends at the point, and goes on with another one. @returns how many points there were */
export const tellWithCrash = async <Running>(point: CrashPoint, { story, begin, repair }: CrashStory<Running>): Promise<number> => {
  let running = begin(point);
  for (const part of story) {
    try {
      await part(running);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      running = begin(CrashPoint.nowhere());
      await repair(running);
      await part(running);
    }
  }
  return point.calls;
};
