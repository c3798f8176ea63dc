import type { SupportDays } from '@tocsin/domain';
import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import { OptionalOrNull } from './validation';

export class SupportDayBody {
  @IsString({ message: 'must be a time like 08:00' })
  start!: string;

  @IsString({ message: 'must be a time like 17:00; 24:00 is the end of the day' })
  end!: string;
}

const Day = (): PropertyDecorator => (target, property) => {
  OptionalOrNull()(target, property);
  ValidateNested({ message: 'must be an object with start and end' })(target, property);
  Type(() => SupportDayBody)(target, property);
};

/** The hours of a week; a day that is absent or null is closed. */
export class SupportDaysBody {
  @Day()
  MONDAY?: SupportDayBody;

  @Day()
  TUESDAY?: SupportDayBody;

  @Day()
  WEDNESDAY?: SupportDayBody;

  @Day()
  THURSDAY?: SupportDayBody;

  @Day()
  FRIDAY?: SupportDayBody;

  @Day()
  SATURDAY?: SupportDayBody;

  @Day()
  SUNDAY?: SupportDayBody;
}

export const supportDaysIn = ({ ...days }: SupportDaysBody): SupportDays =>
  Object.fromEntries(
    Object.entries(days).flatMap(([day, hours]) => (hours === undefined ? [] : [[day, { start: hours.start, end: hours.end }]])),
  );
