import { rejected, withoutEffect } from '@tocsin/domain';
import type { AlertActionRequest, AlertSourceId, ConnectorId, TeamId } from '@tocsin/domain';
import { IdReference, OptionalOrNull, ResourceName } from '@tocsin/platform/nest';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsObject, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { idInText } from './text-ids';

const blankIsAbsent = Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value));
const MOST = 100;

/** `AlertAction`, as far as it has an effect; which values do, the domain and the type say. */
export class AlertActionBody {
  @ResourceName()
  name!: string;

  @IsString({ message: 'must be a text' })
  connectorType!: string;

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a text' })
  connectorId?: string;

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST, { message: `must have at most ${MOST} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  alertSources?: IdReference[];

  /** The older name, with bare ids. */
  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST, { message: `must have at most ${MOST} entries` })
  @IsInt({ each: true, message: 'must be positive whole numbers' })
  @Min(1, { each: true, message: 'must be positive whole numbers' })
  alertSourceIds?: number[];

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a text' })
  triggerMode?: string;

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST, { message: `must have at most ${MOST} entries` })
  @IsString({ each: true, message: 'must be texts' })
  triggerTypes?: string[];

  @OptionalOrNull()
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must not be negative' })
  escalationEndedDelaySec?: number;

  @OptionalOrNull()
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must not be negative' })
  notResolvedDelaySec?: number;

  @OptionalOrNull()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST, { message: `must have at most ${MOST} entries` })
  @ValidateNested({ each: true })
  @Type(() => IdReference)
  teams?: IdReference[];

  @OptionalOrNull()
  @IsObject({ message: 'must be an object' })
  params?: object;
}

/** `sent` is the body before validation left out what it does not know. @throws Rejection `setting-without-effect` */
export const alertActionRequest = (
  body: AlertActionBody,
  sent: Readonly<Record<string, unknown>>,
): Omit<AlertActionRequest, 'type' | 'connectorType' | 'params' | 'secretParams'> => {
  for (const field of ['conditions', 'alertFilter'])
    if (isSet(sent[field])) throw withoutEffect(field, 'decides nothing yet: leave it out');
  const { name, connectorId, alertSources, alertSourceIds, triggerMode, triggerTypes, escalationEndedDelaySec, notResolvedDelaySec } = body;
  return {
    name,
    ...(connectorId === undefined ? {} : { connectorId: connectorIdIn(connectorId) }),
    sourceIds: (alertSources?.map(({ id }) => id) ?? alertSourceIds ?? []) as AlertSourceId[],
    ...(triggerMode === undefined ? {} : { triggerMode }),
    triggerTypes: triggerTypes ?? [],
    ...(escalationEndedDelaySec === undefined ? {} : { escalationEndedDelaySec }),
    ...(notResolvedDelaySec === undefined ? {} : { notResolvedDelaySec }),
    teamIds: (body.teams ?? []).map(({ id }) => id as TeamId),
  };
};

const isSet = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.values(value).some(isSet);
};

const connectorIdIn = (text: string): ConnectorId => {
  const id = idInText(text);
  if (!Number.isSafeInteger(id)) throw rejected('invalid', `connectorId: there is no connector ${text}`, { field: 'connectorId' });
  return id as ConnectorId;
};
