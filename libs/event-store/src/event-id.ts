import { v5 as uuidV5 } from 'uuid';

const NAMESPACE = '6f2b1c0e-54a7-5d0e-9a6e-0d1d7c3b8e41';

/** The same command on the same stream always gives the same event ids, so that repeating it finds what it did before. */
export const derivedEventId = (commandId: string, stream: string, index: number): string =>
  uuidV5(`${commandId}\n${stream}\n${index}`, NAMESPACE);
