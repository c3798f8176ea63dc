import type { PublicReason } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { ReachabilityProblem } from '@tocsin/domain';

/** Why a target leads to nobody, as data. */
export const problemDetails = (problem: ReachabilityProblem): PublicReason['details'] =>
  problem.type === 'schedule-gap' && problem.nextShiftStart !== undefined
    ? { ...problem, nextShiftStart: toIso(problem.nextShiftStart) }
    : { ...problem };
