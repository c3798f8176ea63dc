import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { policyWarnings, publicPolicy, publicRule } from '@tocsin/contracts';
import type { PublicEscalationPolicy, PublicEscalationRule, PublicPolicyReadiness, PublicWrittenPolicy } from '@tocsin/contracts';
import { createPolicy, levelOf, refuseUsedPolicy, replaceLevel, replacePolicy } from '@tocsin/domain';
import type { EscalationPolicy, EscalationPolicyId, Instant, PolicyChange } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  invalidField,
  pageParameters,
  readPage,
  readText,
  RequiresRole,
  ResourceId,
  textParameter,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { Policies } from './policies';
import { PolicyReadiness } from './policy-readiness';
import { EscalationPolicyBody, EscalationRuleBody, policyRequest, ruleRequest } from './policy-requests';

const PAGE = { usual: 50, cap: 50 };

/** Who is paged, level by level, for alerts that are opened from now on; running escalations keep what they began with (B16). */
@Controller('api/escalation-policies')
@RequiresRole('USER')
export class PoliciesController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
    private readonly policies: Policies,
    private readonly readiness: PolicyReadiness,
  ) {}

  @Get()
  @Describe('List escalation policies', { query: pageParameters(PAGE), answers: ['EscalationPolicy'] })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): readonly PublicEscalationPolicy[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    return this.configuration
      .seenBy(by)
      .list('policy')
      .slice(startIndex, startIndex + maxResults)
      .map((policy) => this.answer(policy, by));
  }

  @Post()
  @Describe('Create an escalation policy', { answers: 'WrittenEscalationPolicy' })
  async create(
    @Body() body: EscalationPolicyBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicWrittenPolicy> {
    const request = policyRequest(body);
    const policy = await this.store.create('policy', (id, now) => createPolicy(id, request, this.change(now, by)), context);
    created(reply, `/api/escalation-policies/${policy.id}`);
    return this.written(policy, by);
  }

  @Get('resolve')
  @Describe('Find an escalation policy by its routing key', {
    query: [textParameter('routing-key', 'The routing key', { required: true })],
    answers: 'EscalationPolicy',
  })
  @RequiresRole('STAKEHOLDER')
  async resolve(@Query() query: QueryParameters, @CurrentUser() by: Principal): Promise<PublicEscalationPolicy> {
    const routingKey = readText(query, 'routing-key');
    if (routingKey === undefined) throw invalidField('routing-key', 'is required');
    return this.answer(await this.policies.routedBy(routingKey, by), by);
  }

  @Get('name/:name')
  @Describe('Find an escalation policy by its name', { answers: 'EscalationPolicy' })
  @RequiresRole('STAKEHOLDER')
  async named(@Param('name') name: string, @CurrentUser() by: Principal): Promise<PublicEscalationPolicy> {
    return this.answer(await this.policies.named(name, by), by);
  }

  @Get(':id')
  @Describe('Read an escalation policy', { answers: 'EscalationPolicy' })
  @RequiresRole('STAKEHOLDER')
  async get(@ResourceId('id') id: EscalationPolicyId, @CurrentUser() by: Principal): Promise<PublicEscalationPolicy> {
    return this.answer(await this.policies.byId(id, by), by);
  }

  @Put(':id')
  @Describe('Replace an escalation policy', { answers: 'WrittenEscalationPolicy' })
  async replace(
    @ResourceId('id') id: EscalationPolicyId,
    @Body() body: EscalationPolicyBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicWrittenPolicy> {
    const request = policyRequest(body);
    return this.written(
      await this.store.change('policy', id, (current, now) => replacePolicy(current, request, this.change(now, by, current)), context),
      by,
    );
  }

  /** Levels count from 0. */
  @Put(':id/levels/:level')
  @Describe('Replace one level of an escalation policy, counted from 0', { answers: 'EscalationRule' })
  async replaceLevel(
    @ResourceId('id') id: EscalationPolicyId,
    @Param('level') levelText: string,
    @Body() body: EscalationRuleBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicEscalationRule> {
    if (!/^\d{1,3}$/.test(levelText)) throw invalidField('level', 'must be a whole number from 0');
    const level = Number(levelText);
    const request = ruleRequest(body);
    const policy = await this.store.change(
      'policy',
      id,
      (current, now) => replaceLevel(current, level, request, this.change(now, by, current)),
      context,
    );
    return publicRule(levelOf(policy, level), this.configuration.seenBy(by));
  }

  @Delete(':id')
  @Describe('Delete an escalation policy that no alert source and no alert action uses')
  @HttpCode(204)
  async remove(@ResourceId('id') id: EscalationPolicyId, @CurrentUser() by: Principal, @ChangeBy() context: ChangeContext): Promise<void> {
    const seen = this.configuration.seenBy(by);
    const using = () => ({ sources: this.configuration.list('source'), actions: this.configuration.list('alertaction') });
    await this.store.remove('policy', id, (policy) => refuseUsedPolicy(policy, using(), seen), context);
  }

  @Get(':id/readiness')
  @Describe('Tell whether an escalation policy would reach people', { answers: 'PolicyReadiness' })
  @RequiresRole('STAKEHOLDER')
  async ready(@ResourceId('id') id: EscalationPolicyId, @CurrentUser() by: Principal): Promise<PublicPolicyReadiness> {
    return this.readiness.of(await this.policies.byId(id, by), this.configuration.seenBy(by));
  }

  /** Whoever saves it is told at once whom it would not reach. */
  private async written(policy: EscalationPolicy, by: Principal): Promise<PublicWrittenPolicy> {
    return { ...this.answer(policy, by), warnings: policyWarnings(await this.readiness.of(policy, this.configuration.seenBy(by))) };
  }

  private answer(policy: EscalationPolicy, by: Principal): PublicEscalationPolicy {
    return publicPolicy(policy, this.configuration.seenBy(by));
  }

  private change(now: Instant, by: Principal, current?: EscalationPolicy): PolicyChange {
    const seen = this.configuration.seenBy(by);
    const configuration = current === undefined ? seen : seen.keeping('policy', current);
    return { now, configuration, policies: this.configuration.list('policy') };
  }
}
