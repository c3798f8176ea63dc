import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { AlertsModule } from '@tocsin/alerts';
import type { AlertsOptions } from '@tocsin/alerts';
import { EscalationModule } from '@tocsin/escalation';
import { IngestionModule } from '@tocsin/ingestion';
import { NotificationsModule } from '@tocsin/notifications';
import type { NotificationsOptions } from '@tocsin/notifications';
import { OncallModule } from '@tocsin/oncall';
import type { OncallOptions } from '@tocsin/oncall';
import type { Platform } from '@tocsin/platform';

/** All five services in one process, on one port, with the same paths. */
@Module({})
export class StandaloneModule {
  static register(platform: Platform, alerts: AlertsOptions, oncall: OncallOptions, notifications: NotificationsOptions): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        IngestionModule.register(platform),
        AlertsModule.register(platform, alerts),
        EscalationModule.register(platform),
        OncallModule.register(platform, oncall),
        NotificationsModule.register(platform, notifications),
      ],
    };
  }
}
