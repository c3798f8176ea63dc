import type { AllPage, Position } from './event-store';

/** What `follow` was asked for. */
export interface Following {
  readonly from: Position;
  readonly prefixes: readonly string[];
  readonly onBatch: (page: AllPage) => Promise<void>;
  readonly onEnd: (error: Error) => void;
}
