import { IsString } from 'class-validator';

/** `AlertActionTrigger`, as it was chosen from the list; the id alone counts. */
export class AlertActionTriggerBody {
  @IsString({ message: 'must be a text' })
  alertActionId!: string;
}
