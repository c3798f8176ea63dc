import { topics } from '@tocsin/contracts';

const USUAL = 64;
const WHILE_BUSY = 1;
/** So many events on their way to the disk at one time mean that tools are waiting for each other. */
const BUSY = 16;

/**
 * In one process, taking events and working on them share one event loop. A tool that gets no answer gives up and its event
 * is lost, whereas an event that was taken can wait: so, in a flood, taking comes first, and alerts are opened one at a
 * time. They are opened all the same, what is open goes on at full speed, and in ordinary times nothing is held back.
 */
export const intakeFirst =
  (bus: { crowd(topic: string): number }) =>
  (topic: string): number =>
    topic === topics.toolEvents && bus.crowd(topics.toolEvents) > BUSY ? WHILE_BUSY : USUAL;
