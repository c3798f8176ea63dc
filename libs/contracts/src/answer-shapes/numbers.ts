import type { PublicOutboundNumber } from '../public/numbers';
import { flag, listOf, named, object, text, words } from './shape';

export const OutboundNumber = named(
  'OutboundNumber',
  object<PublicOutboundNumber>({ countryCode: text, phoneNumber: text, supportsInboundSms: flag, types: listOf(words('SMS', 'VOICE')) }),
);
