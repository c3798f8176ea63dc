import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { DutiesModule } from './duties/duties.module';
import { LevelDueConsumer } from './level-due.consumer';
import { OnCallsController } from './on-calls/on-calls.controller';
import { OverridesController } from './schedules/overrides.controller';
import { PathProbesConsumer } from './path-probes.consumer';
import { Schedules } from './schedules/schedules';
import { SchedulesController } from './schedules/schedules.controller';
import { SignIn } from './sign-in';
import { SignInController } from './sign-in.controller';
import { SignInMails } from './sign-in-mails';
import { SupportHoursController } from './support-hours/support-hours.controller';
import { PeopleModule } from './users/people.module';
import { WhoToPage } from './who-to-page';

export interface OncallOptions {
  /** Whose topics people can be pushed to; undefined: none. */
  readonly ntfyUrl: string | undefined;
}

/** Who is on call, who people are, and how they sign in. */
@Module({})
export class OncallModule {
  static register(platform: Platform, { ntfyUrl }: OncallOptions): DynamicModule {
    const { eventStore, bus, configuration, configurationStore, secrets, clock, settings } = platform;
    return {
      module: OncallModule,
      imports: [PeopleModule.register(platform, { ntfyUrl }), DutiesModule.register(platform)],
      controllers: [
        LevelDueConsumer,
        PathProbesConsumer,
        SignInController,
        SchedulesController,
        OverridesController,
        OnCallsController,
        SupportHoursController,
      ],
      providers: [
        ...platformProviders(platform),
        { provide: WhoToPage, useValue: new WhoToPage(configuration, settings) },
        { provide: Schedules, useValue: new Schedules(configuration) },
        { provide: SignIn, useValue: new SignIn({ eventStore, configuration, configurationStore, secrets, clock, settings }) },
        { provide: SignInMails, useValue: new SignInMails({ bus, secrets, clock }) },
      ],
    };
  }
}
