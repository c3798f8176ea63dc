import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { publicUserRel } from '@tocsin/contracts';
import type { PublicSuggestedResponder, ResourceLookup } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import type { AlertId, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { CurrentUser, Describe, DescribedUnder, languageParameter, readLanguage, ResourceId } from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import { SeenAlertGuard } from './alert-sight';
import { AlertStreams } from './alert-streams';
import { suggestedResponders } from './suggested-responders';

@DescribedUnder('Alerts')
@Controller('api/alerts/:id/suggested-responders')
@UseGuards(SeenAlertGuard)
export class SuggestedRespondersController {
  constructor(
    private readonly alerts: AlertStreams,
    private readonly configuration: ConfigurationReader,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Describe('List whom an alert can be given to', {
    query: [languageParameter('Of the names')],
    answers: ['SuggestedResponder'],
  })
  async list(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
  ): Promise<readonly PublicSuggestedResponder[]> {
    const alert = await this.alerts.document(id);
    const seen = this.configuration.seenBy(by);
    const suggestable = {
      users: seen.list('user'),
      policies: seen.list('policy'),
      schedules: seen.list('schedule'),
      nameOf: (userId: UserId) => nameOf(userId, seen),
    };
    return suggestedResponders(alert, suggestable, this.clock.now(), readLanguage(query));
  }
}

/** Undefined: there is nobody any more. Who is hidden can be on call all the same. */
const nameOf = (userId: UserId, lookup: ResourceLookup): string | undefined => {
  if (lookup.get('user', userId) === undefined && lookup.hidden?.('user', userId) === undefined) return undefined;
  const { firstName, lastName } = publicUserRel(userId, lookup);
  return `${firstName} ${lastName}`;
};
