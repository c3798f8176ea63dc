/** Waits between tries of infrastructure, in real time. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const USUAL_BACK_OFF: BackOff = { firstMs: 100, longestMs: 10_000 };

/** The range doubles with every try; anywhere in it, so that those who failed together do not come back together. */
export const backOffMs = (tries: number, random: () => number, { firstMs, longestMs }: BackOff = USUAL_BACK_OFF): number => {
  const widest = Math.min(longestMs, firstMs * 2 ** Math.min(tries, 30));
  return firstMs + random() * (widest - firstMs);
};

/**
 * Whether the same call may go well later: a port's fault says so itself. A port that was closed under us counts: we are
 * stopping, and whoever continues meets it open.
 */
export const isWorthRetrying = (error: unknown): error is Error =>
  error instanceof Error && 'retriable' in error && (error.retriable === true || ('reason' in error && error.reason === 'closed'));

/** A wait that `stop` ends early. */
export interface Pause {
  readonly over: Promise<void>;
  end(): void;
}

export const pause = (ms: number): Pause => {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, end };
};
