import type { Position } from './event-store';

const POSITION_DIGITS = 20;

/** As many digits for all positions make them comparable as text. */
export const toPosition = (at: number | bigint): Position => String(at).padStart(POSITION_DIGITS, '0') as Position;
