import { OutgoingFault, OutgoingRefused } from '@tocsin/platform';
import type { Outgoing } from '@tocsin/platform';
import { invalidParam } from './params';

/** A URL that a person chose. One that nobody can look up now is looked at when it is called. @throws Rejection `invalid` */
export const refuseBadUrl = async (outgoing: Outgoing, field: string, url: string): Promise<void> => {
  try {
    await outgoing.check(url);
  } catch (error) {
    if (error instanceof OutgoingRefused) throw invalidParam(field, error.message);
    if (!(error instanceof OutgoingFault)) throw error;
  }
};
