import type { Provider } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import type { Answers } from '../answers';
import type { CallbackSettings } from '../callback-settings';
import { numbersOf } from '../callbacks/telephone/telephone-accounts';
import { CarrierStatus } from './carrier-status';
import { TextReplies } from './text-replies';
import { Texts } from './texts';

/** What the module needs for replies by text message. */
export const textingParts = (
  { configuration, eventStore, clock }: Platform,
  { telephones = [] }: CallbackSettings,
  parts: { readonly texts: Texts; readonly carrier: CarrierStatus; readonly answers: Answers },
): { readonly providers: readonly Provider[] } => ({
  providers: [
    {
      provide: TextReplies,
      useValue: new TextReplies({ ...parts, configuration, eventStore, clock, replyNumbers: numbersOf(telephones) }),
    },
  ],
});
