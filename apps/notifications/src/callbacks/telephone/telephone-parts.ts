import type { Provider, Type } from '@nestjs/common';
import { signalwireDialect, twilioDialect } from '@tocsin/channels';
import type { Platform } from '@tocsin/platform';
import { Calls } from '../../calling/calls';
import { NumbersController } from '../../numbers.controller';
import { TextReplies } from '../../texting/text-replies';
import { Receipts } from '../receipts';
import { SignalWireController } from './signalwire.controller';
import type { TelephoneAccount } from './telephone-account';
import { TelephoneAccounts } from './telephone-accounts';
import { TwilioController } from './twilio.controller';

const controllers: ReadonlyMap<string, Type> = new Map<string, Type>([
  [twilioDialect.provider, TwilioController],
  [signalwireDialect.provider, SignalWireController],
]);

/** What the module needs for the accounts that text and call. */
export const telephoneParts = (
  { settings }: Platform,
  accounts: readonly TelephoneAccount[],
): { readonly controllers: readonly Type[]; readonly providers: readonly Provider[] } => ({
  controllers: [
    NumbersController,
    ...accounts.flatMap(({ dialect }) => {
      const controller = controllers.get(dialect.provider);
      return controller === undefined ? [] : [controller];
    }),
  ],
  providers: [
    {
      provide: TelephoneAccounts,
      useFactory: (replies: TextReplies, calls: Calls, receipts: Receipts) =>
        new TelephoneAccounts(accounts, { replies, calls, receipts, publicUrl: () => settings.publicUrl }),
      inject: [TextReplies, Calls, Receipts],
    },
  ],
});
