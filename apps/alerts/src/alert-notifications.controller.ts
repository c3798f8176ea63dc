import { Controller, Get, Query, Res } from '@nestjs/common';
import type { PublicNotification } from '@tocsin/contracts';
import type { AlertId } from '@tocsin/domain';
import { Describe, DescribedUnder, includeParameter, readInclude, ResourceId, sayReadsAreBehind } from '@tocsin/platform/nest';
import type { QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { AlertNotifications } from './alert-notifications';

@DescribedUnder('Alerts')
@Controller('api/alerts/:id/notifications')
export class AlertNotificationsController {
  constructor(private readonly notifications: AlertNotifications) {}

  @Get()
  @Describe('List who was told of an alert, and how that went', { query: [includeParameter(['cancelled'])], answers: ['Notification'] })
  async list(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly PublicNotification[]> {
    const { notifications, stale } = await this.notifications.list(id, { cancelled: readInclude(query, ['cancelled']).has('cancelled') });
    if (stale) sayReadsAreBehind(reply);
    return notifications;
  }
}
