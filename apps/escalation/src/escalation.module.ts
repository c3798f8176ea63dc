import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { escalationDueOf } from '@tocsin/domain';
import type { EscalationEvent } from '@tocsin/domain';
import { inTraceOfStream, isProbeStream, PeopleReadiness, measureTimers, probeCategory, probeDueOf, readModelLog } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { DueTimers } from '@tocsin/read-models';
import { AlertFactsConsumer } from './alert-facts.consumer';
import { ArchivedAlertsConsumer } from './archived-alerts.consumer';
import { Escalations } from './escalations';
import { Explain } from './explain';
import { ExplainController } from './explain.controller';
import { PathProbesConsumer } from './path-probes.consumer';
import { Policies } from './policies';
import { PoliciesController } from './policies.controller';
import { PolicyMetrics } from './policy-metrics';
import { PolicyReadiness } from './policy-readiness';

/** Decides when which level of an alert's policy is due; keeps the policies and explains them. */
@Module({})
export class EscalationModule {
  static register(platform: Platform): DynamicModule {
    const { eventStore, readStore, clock, background, configuration, settings, log, metrics, pathProbes } = platform;
    const escalations = new Escalations(eventStore, clock, metrics);
    const measured = measureTimers(metrics, clock, 'escalation');
    background.addOwned('timers escalation', (isOwner) =>
      measured(
        new DueTimers({
          name: 'escalation',
          isOwner,
          prefixes: ['escalation-', probeCategory('level-planned')],
          eventStore,
          readStore,
          clock,
          log: readModelLog(log),
          due: (event) => {
            const { stream, type, data } = event;
            if (isProbeStream(stream)) return probeDueOf(event);
            const due = escalationDueOf({ type, data } as EscalationEvent);
            return due === undefined ? undefined : { id: stream, ...due };
          },
          onDue: inTraceOfStream(platform, 'escalation', async (stream) => {
            if (isProbeStream(stream)) await pathProbes.goOn(stream, 'level-due');
            else await escalations.fireDue(stream);
          }),
          // A level that is due is waited for, also one that an older version fired.
          version: 2,
        }),
      ),
    );
    const people = new PeopleReadiness({ readStore, settings, clock });
    const readiness = new PolicyReadiness(configuration, people, settings, clock);
    return {
      module: EscalationModule,
      controllers: [AlertFactsConsumer, PathProbesConsumer, ArchivedAlertsConsumer, PoliciesController, ExplainController],
      providers: [
        ...platformProviders(platform),
        { provide: Escalations, useValue: escalations },
        { provide: Policies, useValue: new Policies(configuration) },
        { provide: PolicyReadiness, useValue: readiness },
        { provide: PolicyMetrics, useValue: new PolicyMetrics(configuration, readiness, clock, metrics) },
        { provide: Explain, useValue: new Explain(configuration, settings) },
      ],
    };
  }
}
