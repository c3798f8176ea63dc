import { Controller, Get, Param } from '@nestjs/common';
import { publicReadiness } from '@tocsin/contracts';
import type { PublicReadiness } from '@tocsin/contracts';
import { ConfigurationReader } from '@tocsin/messaging';
import { PeopleReadiness } from '@tocsin/platform';
import { CurrentUser, Describe, DescribedUnder, RequiresRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { People } from './people';

/** Whether a page would reach somebody, and what to mend where it would not. */
@DescribedUnder('Users')
@Controller('api/users/:user/readiness')
@RequiresRole('STAKEHOLDER')
export class ReadinessController {
  constructor(
    private readonly people: People,
    private readonly readiness: PeopleReadiness,
    private readonly configuration: ConfigurationReader,
  ) {}

  @Get()
  @Describe('Tell whether a page would reach a user', { answers: 'Readiness' })
  async get(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<PublicReadiness> {
    const user = await this.people.findOwn(reference, by);
    return publicReadiness(user.id, await this.readiness.of(user), this.configuration.seenBy(by));
  }
}
