import { Body, Controller, Get, HttpCode, Post, Res, UseGuards } from '@nestjs/common';
import type { PublicAlertActionResult, PublicAlertActionTrigger } from '@tocsin/contracts';
import type { AlertId } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId, sayReadsAreBehind } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { SeenAlertGuard } from '../alert-sight';
import { AlertActionTriggerBody } from './alert-action-requests';
import { AlertActions } from './alert-actions';

@DescribedUnder('Alerts')
@Controller('api/alerts/:id/actions')
@UseGuards(SeenAlertGuard)
export class AlertActionsController {
  constructor(private readonly actions: AlertActions) {}

  @Get()
  @Describe('List what can be done for an alert in other systems, and what was done', { answers: ['AlertActionTrigger'] })
  async list(
    @ResourceId('id') id: AlertId,
    @CurrentUser() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly PublicAlertActionTrigger[]> {
    const { triggers, stale } = await this.actions.list(id, principal);
    if (stale) sayReadsAreBehind(reply);
    return triggers;
  }

  @Post()
  @Describe('Have an alert action done', { answers: 'AlertActionResult' })
  @RequiresRole('RESPONDER')
  @HttpCode(201)
  invoke(
    @ResourceId('id') id: AlertId,
    @Body() { alertActionId }: AlertActionTriggerBody,
    @CurrentUser() principal: Principal,
    @ChangeBy() by: ChangeContext,
  ): Promise<PublicAlertActionResult> {
    return this.actions.invoke(id, alertActionId, by, principal);
  }
}
