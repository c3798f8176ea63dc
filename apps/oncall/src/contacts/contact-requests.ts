import { OptionalOrNull } from '@tocsin/platform/nest';
import { IsBoolean, IsIn, IsString, MaxLength } from 'class-validator';

export class EmailContactBody {
  @IsString({ message: 'must be an e-mail address, like ana@example.org' })
  target!: string;
}

export class PhoneContactBody {
  @IsString({ message: 'must be an ISO country of two capital letters, like DE' })
  regionCode!: string;

  @IsString({ message: 'must be a telephone number, like +4915112345678' })
  @MaxLength(64, { message: 'must be a telephone number, like +4915112345678' })
  target!: string;

  @OptionalOrNull()
  @IsBoolean({ message: 'must be true or false' })
  primary?: boolean;
}

export class VerificationCodeBody {
  @OptionalOrNull()
  @IsIn(['SMS', 'VOICE'], { message: 'must be one of SMS, VOICE' })
  method?: 'SMS' | 'VOICE';
}

export class EnteredCode {
  @IsString({ message: 'must be the code that was sent, like 123456' })
  @MaxLength(64, { message: 'must be the code that was sent, like 123456' })
  code!: string;
}

export class TargetSearch {
  @IsString({ message: 'must be a text' })
  target!: string;

  @OptionalOrNull()
  @IsString({ message: 'must be an ISO country of two capital letters, like DE' })
  regionCode?: string;
}
