import { OptionalOrNull } from '@tocsin/platform/nest';
import { Type } from 'class-transformer';
import { DUTY_MINUTES } from '@tocsin/domain';
import { IsIn, IsInt, Min, ValidateNested } from 'class-validator';
import type {
  AlertPreference,
  AlertPreferenceRequest,
  ContactId,
  DutyPreference,
  MessagePreferenceRequest,
  NotificationMethod,
  UpdatePreference,
} from '@tocsin/domain';

const methods = ['EMAIL', 'SMS', 'PUSH', 'VOICE', 'WHATSAPP', 'TELEGRAM', 'SLACK', 'TEAMS'] as const;
const updateTypes = ['ALERT_ACCEPTED', 'ALERT_RESOLVED', 'ALERT_ESCALATED'] as const;
const lists = ['alerts', 'updates', 'duties', 'subscriptions'] as const;
const types = ['HIGH_PRIORITY', 'LOW_PRIORITY'] as const;

export class ContactReference {
  @IsInt({ message: 'must be a positive whole number' })
  @Min(1, { message: 'must be a positive whole number' })
  id!: number;
}

export class AlertPreferenceBody {
  @IsIn(types, { message: `must be one of ${types.join(', ')}` })
  type!: AlertPreference['type'];

  @IsIn(methods, { message: `must be one of ${methods.join(', ')}` })
  method!: NotificationMethod;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => ContactReference)
  contact?: ContactReference;

  @OptionalOrNull()
  @IsInt({ message: 'must be a whole number from 0 to 120' })
  delayMin?: number;
}

export class UpdatePreferenceBody {
  @IsIn(updateTypes, { message: `must be one of ${updateTypes.join(', ')}` })
  type!: UpdatePreference['type'];

  @IsIn(methods, { message: `must be one of ${methods.join(', ')}` })
  method!: NotificationMethod;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => ContactReference)
  contact?: ContactReference;
}

export class DutyPreferenceBody {
  @OptionalOrNull()
  @IsIn(['ON_CALL'], { message: 'must be ON_CALL' })
  type?: DutyPreference['type'];

  @OptionalOrNull()
  @IsIn(DUTY_MINUTES, { message: `must be one of ${DUTY_MINUTES.join(', ')}` })
  beforeMin?: DutyPreference['beforeMin'];

  @IsIn(methods, { message: `must be one of ${methods.join(', ')}` })
  method!: NotificationMethod;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => ContactReference)
  contact?: ContactReference;
}

export class SubscriptionPreferenceBody {
  @IsIn(methods, { message: `must be one of ${methods.join(', ')}` })
  method!: NotificationMethod;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => ContactReference)
  contact?: ContactReference;
}

export class TestNotificationBody {
  /** For which messages it is to stand: pages, unless it is said. */
  @OptionalOrNull()
  @IsIn(lists, { message: `must be one of ${lists.join(', ')}` })
  list?: (typeof lists)[number];

  @IsIn(methods, { message: `must be one of ${methods.join(', ')}` })
  method!: NotificationMethod;

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => ContactReference)
  contact?: ContactReference;
}

export const alertPreferenceRequest = ({ type, method, contact, delayMin = 0 }: AlertPreferenceBody): AlertPreferenceRequest => ({
  type,
  method,
  ...(contact === undefined ? {} : { contactId: contact.id as ContactId }),
  delayMin,
});

export const messagePreferenceRequest = ({
  contact,
  ...rest
}: Omit<MessagePreferenceRequest, 'contactId'> & { readonly contact?: ContactReference }): MessagePreferenceRequest => ({
  ...rest,
  ...(contact === undefined ? {} : { contactId: contact.id as ContactId }),
});
