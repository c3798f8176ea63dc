import { Controller, Get, Query } from '@nestjs/common';
import type { PublicSuggestedResponder } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import type { AlertId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { Describe, DescribedUnder, languageParameter, readLanguage, ResourceId } from '@tocsin/platform/nest';
import type { QueryParameters } from '@tocsin/platform/nest';
import { AlertStreams } from './alert-streams';
import { suggestedResponders } from './suggested-responders';

@DescribedUnder('Alerts')
@Controller('api/alerts/:id/suggested-responders')
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
  async list(@ResourceId('id') id: AlertId, @Query() query: QueryParameters): Promise<readonly PublicSuggestedResponder[]> {
    const alert = await this.alerts.document(id);
    const { configuration } = this;
    const suggestable = {
      users: configuration.list('user'),
      policies: configuration.list('policy'),
      schedules: configuration.list('schedule'),
    };
    return suggestedResponders(alert, suggestable, this.clock.now(), readLanguage(query));
  }
}
