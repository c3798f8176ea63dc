import { rejected } from '@tocsin/domain';
import type { AlertActionRequest, AlertFilter, AlertSourceId, ConnectorId, TeamId } from '@tocsin/domain';
import { IdReference, OptionalOrNull, ResourceName } from '@tocsin/platform/nest';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsObject, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { idInText } from './text-ids';

const blankIsAbsent = Transform(({ value }: { value: unknown }) => (value === null || value === '' ? undefined : value));
const MOST = 100;
const LONGEST_VALUE = 4_096;

class AlertPredicateBody {
  @IsString({ message: 'must be a text' })
  field!: string;

  @IsString({ message: 'must be a text' })
  criteria!: string;

  @IsString({ message: 'must be a text' })
  @MaxLength(LONGEST_VALUE, { message: `must have at most ${LONGEST_VALUE} characters` })
  value!: string;
}

class AlertFilterBody {
  @IsString({ message: 'must be a text' })
  operator!: string;

  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(MOST, { message: `must have at most ${MOST} entries` })
  @ValidateNested({ each: true })
  @Type(() => AlertPredicateBody)
  predicates!: AlertPredicateBody[];
}

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

  @IsOptional()
  @blankIsAbsent
  @IsString({ message: 'must be a text' })
  conditions?: string;

  @OptionalOrNull()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => AlertFilterBody)
  alertFilter?: AlertFilterBody;

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

/** @throws Rejection `invalid` */
export const alertActionRequest = (
  body: AlertActionBody,
): Omit<AlertActionRequest, 'type' | 'connectorType' | 'params' | 'secretParams'> => {
  const { name, connectorId, alertSources, alertSourceIds, triggerMode, triggerTypes, escalationEndedDelaySec, notResolvedDelaySec } = body;
  const { conditions, alertFilter } = body;
  return {
    name,
    ...(connectorId === undefined ? {} : { connectorId: connectorIdIn(connectorId) }),
    sourceIds: (alertSources?.map(({ id }) => id) ?? alertSourceIds ?? []) as AlertSourceId[],
    ...(triggerMode === undefined ? {} : { triggerMode }),
    triggerTypes: triggerTypes ?? [],
    ...(escalationEndedDelaySec === undefined ? {} : { escalationEndedDelaySec }),
    ...(notResolvedDelaySec === undefined ? {} : { notResolvedDelaySec }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(alertFilter === undefined ? {} : { alertFilter: filterOf(alertFilter) }),
    teamIds: (body.teams ?? []).map(({ id }) => id as TeamId),
  };
};

/** As the client wrote it, and nothing of the classes that checked it. */
const filterOf = ({ operator, predicates }: AlertFilterBody): AlertFilter => ({
  operator,
  predicates: predicates.map(({ field, criteria, value }) => ({ field, criteria, value })),
});

const connectorIdIn = (text: string): ConnectorId => {
  const id = idInText(text);
  if (!Number.isSafeInteger(id)) throw rejected('invalid', `connectorId: there is no connector ${text}`, { field: 'connectorId' });
  return id as ConnectorId;
};
