import { Controller, Get, Query, Res, UseGuards } from '@nestjs/common';
import type { PublicNotification } from '@tocsin/contracts';
import type { AlertId } from '@tocsin/domain';
import { CurrentUser, Describe, DescribedUnder, includeParameter, readInclude, ResourceId, sayReadsAreBehind } from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { AlertNotifications } from './alert-notifications';
import { SeenAlertGuard } from './alert-sight';

@DescribedUnder('Alerts')
@Controller('api/alerts/:id/notifications')
@UseGuards(SeenAlertGuard)
export class AlertNotificationsController {
  constructor(private readonly notifications: AlertNotifications) {}

  @Get()
  @Describe('List who was told of an alert, and how that went', { query: [includeParameter(['cancelled'])], answers: ['Notification'] })
  async list(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly PublicNotification[]> {
    const { notifications, stale } = await this.notifications.list(
      id,
      { cancelled: readInclude(query, ['cancelled']).has('cancelled') },
      by,
    );
    if (stale) sayReadsAreBehind(reply);
    return notifications;
  }
}
