import { Controller, Delete, Get, Param, Post, Put, Req } from '@nestjs/common';
import { rejected } from '@tocsin/domain';
import { CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyRequest } from 'fastify';
import { People } from '../users/people';

const lists = ['subscriptions'];
const entries = lists.map((list) => `${list}/:id`);
const NO_SUCCESS = { statuses: {} };

/** Messages about subscriptions are not sent yet: the lists are empty, and nothing is taken in that would do nothing (B6). */
@DescribedUnder('Notification Preferences')
@Controller('api/users/:user/notification-preferences')
@RequiresRole('STAKEHOLDER')
export class OtherPreferencesController {
  constructor(private readonly people: People) {}

  @Get(lists)
  @Describe('List preferences for messages that are not sent yet: always empty', { answers: ['AlertPreference'] })
  async list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly never[]> {
    await this.people.findOwn(reference, by);
    return [];
  }

  @Post(lists)
  @Describe('Refused: such messages are not sent yet', NO_SUCCESS)
  async add(@Param('user') reference: string, @CurrentUser() by: Principal, @Req() request: FastifyRequest): Promise<never> {
    await this.people.findOwn(reference, by);
    throw withoutEffect(request);
  }

  @Get(entries)
  @Describe('There is none: such messages are not sent yet', NO_SUCCESS)
  async get(@Param('user') reference: string, @ResourceId('id') id: number, @CurrentUser() by: Principal): Promise<never> {
    await this.people.findOwn(reference, by);
    throw rejected('not-found', `there is no such preference: ${id}`);
  }

  @Put(entries)
  @Describe('Refused: such messages are not sent yet', NO_SUCCESS)
  async replace(
    @Param('user') reference: string,
    @ResourceId('id') _id: number,
    @CurrentUser() by: Principal,
    @Req() request: FastifyRequest,
  ): Promise<never> {
    await this.people.findOwn(reference, by);
    throw withoutEffect(request);
  }

  @Delete(entries)
  @Describe('There is none: such messages are not sent yet', NO_SUCCESS)
  async remove(@Param('user') reference: string, @ResourceId('id') id: number, @CurrentUser() by: Principal): Promise<never> {
    await this.people.findOwn(reference, by);
    throw rejected('not-found', `there is no such preference: ${id}`);
  }
}

const withoutEffect = ({ routeOptions }: FastifyRequest): Error => {
  const list = lists.find((each) => routeOptions.url?.includes(`/${each}`)) ?? '';
  return rejected('setting-without-effect', `notification-preferences/${list}: such messages are not sent yet`, {
    field: `notification-preferences/${list}`,
    message: 'such messages are not sent yet',
  });
};
