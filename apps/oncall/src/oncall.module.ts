import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { LevelDueConsumer } from './level-due.consumer';
import { SignIn } from './sign-in';
import { SignInController } from './sign-in.controller';
import { PeopleModule } from './users/people.module';
import { WhoToPage } from './who-to-page';

/** Who is on call, who people are, and how they sign in. */
@Module({})
export class OncallModule {
  static register(platform: Platform): DynamicModule {
    const { eventStore, configuration, configurationStore, secrets, clock, settings } = platform;
    return {
      module: OncallModule,
      imports: [PeopleModule.register(platform)],
      controllers: [LevelDueConsumer, SignInController],
      providers: [
        ...platformProviders(platform),
        { provide: WhoToPage, useValue: new WhoToPage(configuration, settings) },
        { provide: SignIn, useValue: new SignIn({ eventStore, configuration, configurationStore, secrets, clock, settings }) },
      ],
    };
  }
}
