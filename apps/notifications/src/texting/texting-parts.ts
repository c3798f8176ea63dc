import type { Provider, Type } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import type { Answers } from '../answers';
import type { CallbackSettings } from '../callback-settings';
import { TwilioController } from '../callbacks/twilio/twilio.controller';
import { TwilioSettings } from '../callbacks/twilio/twilio-settings';
import { NumbersController } from '../numbers.controller';
import { CarrierStatus } from './carrier-status';
import { TextReplies } from './text-replies';
import { Texts } from './texts';

/** What the module needs for replies by text message, and for the numbers that they go to. */
export const textingParts = (
  { configuration, eventStore, clock, settings }: Platform,
  callbacks: CallbackSettings,
  parts: { readonly texts: Texts; readonly carrier: CarrierStatus; readonly answers: Answers },
): { readonly controllers: readonly Type[]; readonly providers: readonly Provider[] } => {
  const twilio: TwilioSettings = {
    authTokens: callbacks.twilio?.authTokens ?? [],
    numbers: callbacks.twilio?.numbers ?? [],
    get publicUrl() {
      return settings.publicUrl;
    },
  };
  const replies = new TextReplies({ ...parts, configuration, eventStore, clock, replyNumbers: twilio.numbers });
  return {
    controllers: callbacks.twilio === undefined ? [NumbersController] : [NumbersController, TwilioController],
    providers: [
      { provide: TextReplies, useValue: replies },
      { provide: TwilioSettings, useValue: twilio },
    ],
  };
};
