import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { AnswerName, AnswerOf } from '@tocsin/contracts/answer-shapes';
import type { PreferenceId } from '@tocsin/domain';
import { ConfigurationStore, IdAllocator } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { People } from '../users/people';
import type { KeptList } from './preference-lists';

/** A person's own list, which they and administrators keep (B32). */
export const preferencesController = <Name extends AnswerName, Entry extends object>(list: KeptList<Name, Entry>): Type => {
  const { name, about, answer } = list;
  const one = `a way in which a user is ${about}`;

  @DescribedUnder('Notification Preferences')
  @Controller(`api/users/:user/notification-preferences/${name}`)
  @RequiresRole('STAKEHOLDER')
  class PreferencesController {
    constructor(
      private readonly people: People,
      private readonly store: ConfigurationStore,
      private readonly ids: IdAllocator,
    ) {}

    @Get()
    @Described(`List how a user is ${about}`, [answer])
    async list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly AnswerOf<Name>[]> {
      return list.all(await this.people.findOwn(reference, by));
    }

    @Post()
    @Described(`Add ${one}`, answer)
    @BodyIs(list.body)
    async add(
      @Param('user') reference: string,
      @Body() body: Entry,
      @CurrentUser() by: Principal,
      @ChangeBy() context: ChangeContext,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<AnswerOf<Name>> {
      const { id: userId } = await this.people.findOwn(reference, by);
      const id = (await this.ids.next('preference')) as PreferenceId;
      const user = await this.store.change('user', userId, (current, now) => list.add(current, body, { id, by, now }), context);
      created(reply, `/api/users/${userId}/notification-preferences/${name}/${id}`);
      return list.one(user, id);
    }

    @Get(':id')
    @Described(`Read ${one}`, answer)
    async get(@Param('user') reference: string, @ResourceId('id') id: PreferenceId, @CurrentUser() by: Principal): Promise<AnswerOf<Name>> {
      return list.one(await this.people.findOwn(reference, by), id);
    }

    @Put(':id')
    @Described(`Replace ${one}`, answer)
    @BodyIs(list.body)
    async replace(
      @Param('user') reference: string,
      @Body() body: Entry,
      @ResourceId('id') id: PreferenceId,
      @CurrentUser() by: Principal,
      @ChangeBy() context: ChangeContext,
    ): Promise<AnswerOf<Name>> {
      const { id: userId } = await this.people.findOwn(reference, by);
      const user = await this.store.change('user', userId, (current, now) => list.replace(current, body, { id, by, now }), context);
      return list.one(user, id);
    }

    @Delete(':id')
    @Describe(`Delete ${one}`)
    @HttpCode(204)
    async remove(
      @Param('user') reference: string,
      @ResourceId('id') id: PreferenceId,
      @CurrentUser() by: Principal,
      @ChangeBy() context: ChangeContext,
    ): Promise<void> {
      const { id: userId } = await this.people.findOwn(reference, by);
      await this.store.change('user', userId, (current, now) => list.remove(current, { id, by, now }), context);
    }
  }
  return PreferencesController;
};

/** A list says itself, to the compiler, that its entries are what it describes them as. */
const Described = (summary: string, answers: AnswerName | readonly [AnswerName]): MethodDecorator =>
  Describe(summary, { answers }) as MethodDecorator;

const BODY = 1;

/** What the body, the second parameter, is validated and described as: of a list's own class the compiler writes nothing down. */
const BodyIs =
  (body: new () => object): MethodDecorator =>
  (prototype, method) => {
    const types = Reflect.getMetadata('design:paramtypes', prototype, method) as readonly unknown[];
    Reflect.defineMetadata('design:paramtypes', types.with(BODY, body), prototype, method);
  };
