export { DueTimers } from './due-timers';
export type { DueTimersLog, DueTimersOptions } from './due-timers';
export type { Projection, Touched, WorkingSet } from './projection';
export { ProjectionRunner } from './projection-runner';
export type { ProjectionLog, ProjectionRunnerOptions, ProjectionState, RebuildProgress } from './projection-runner';
export * from './read-store';
