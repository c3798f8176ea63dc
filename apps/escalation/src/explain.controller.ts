import { Controller, Get, Query } from '@nestjs/common';
import type { PublicExplanation } from '@tocsin/contracts';
import { Clock, parseInstant } from '@tocsin/domain';
import type { EscalationPolicyId, Instant } from '@tocsin/domain';
import {
  CurrentUser,
  Describe,
  DescribedUnder,
  invalidField,
  languageParameter,
  readInstant,
  readLanguage,
  readOneOf,
  RequiresRole,
  ResourceId,
  textParameter,
  timeParameter,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import { Explain } from './explain';
import { Policies } from './policies';

const EARLIEST = parseInstant('2000-01-01T00:00:00Z');
const LATEST = parseInstant('2100-01-01T00:00:00Z');
const PARAMETERS = [
  timeParameter('at', 'When the alert is opened: now unless given'),
  textParameter('priority', 'Of the alert: HIGH unless given', { choices: ['HIGH', 'LOW'] }),
  languageParameter('Of the sentences in the answer'),
];

/** What a policy would do, told by the rules that do it. */
@DescribedUnder('Escalation Policies')
@Controller('api/escalation-policies')
@RequiresRole('STAKEHOLDER')
export class ExplainController {
  constructor(
    private readonly policies: Policies,
    private readonly explanations: Explain,
    private readonly clock: Clock,
  ) {}

  @Get(':id/explain')
  @Describe('Tell whom an escalation policy would page, when, and why', { query: PARAMETERS, answers: 'Explanation' })
  async explain(
    @ResourceId('id') id: EscalationPolicyId,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
  ): Promise<PublicExplanation> {
    const priority = readOneOf(query, 'priority', ['HIGH', 'LOW']) ?? 'HIGH';
    const language = readLanguage(query);
    const at = this.at(query);
    return this.explanations.explain({ policy: await this.policies.byId(id, by), at, priority, language }, by);
  }

  private at(query: QueryParameters): Instant {
    const at = readInstant(query, 'at') ?? this.clock.now();
    if (at < EARLIEST || at >= LATEST) throw invalidField('at', 'must lie between the years 2000 and 2100');
    return at;
  }
}
