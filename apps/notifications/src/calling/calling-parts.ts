import type { Provider } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import type { Answers } from '../answers';
import type { CallbackSettings } from '../callback-settings';
import type { Receipts } from '../callbacks/receipts';
import { numbersOf } from '../callbacks/telephone/telephone-accounts';
import type { MessageComposer } from '../message-composer';
import type { Notifications } from '../notifications';
import type { CalledPages } from './called-pages';
import type { CallLines } from './call-lines';
import { CallTurns } from './call-turns';
import { Calls } from './calls';

/** What the module needs for calls. */
export const callingParts = (
  { configuration, eventStore, clock }: Platform,
  { telephones = [] }: CallbackSettings,
  {
    callTurns,
    ...parts
  }: {
    readonly lines: CallLines;
    readonly called: CalledPages;
    readonly callTurns: CallTurns;
    readonly notifications: Notifications;
    readonly composer: MessageComposer;
    readonly answers: Answers;
    readonly receipts: Receipts;
  },
): { readonly providers: readonly Provider[] } => ({
  providers: [
    { provide: CallTurns, useValue: callTurns },
    { provide: Calls, useValue: new Calls({ ...parts, configuration, eventStore, clock, numbers: numbersOf(telephones) }) },
  ],
});
