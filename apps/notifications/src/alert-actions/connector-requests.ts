import { OptionalOrNull, ResourceName } from '@tocsin/platform/nest';
import { IsObject, IsString } from 'class-validator';

/** `Connector`; what `params` has to be, its type says. */
export class ConnectorBody {
  @ResourceName()
  name!: string;

  @IsString({ message: 'must be a text' })
  type!: string;

  @OptionalOrNull()
  @IsObject({ message: 'must be an object' })
  params?: object;
}
