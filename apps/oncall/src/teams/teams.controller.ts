import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { publicTeam, publicUserRel } from '@tocsin/contracts';
import type { PublicTeam, PublicTeamMember } from '@tocsin/contracts';
import { createTeam, putMember, refuseHidingTeam, refusePagedTeam, rejected, removeMember, replaceTeam } from '@tocsin/domain';
import type { Instant, Team, TeamChange, TeamId, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { SeenConfiguration } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  idsParameter,
  pageParameters,
  readIds,
  readPage,
  RequiresRole,
  ResourceId,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { TeamBody, TeamMemberBody, teamMember, teamRequest } from './team-requests';

const PAGE = { usual: 50, cap: 100 };

/** Teams: seen by everybody, or, private ones, by their members; made by administrators, changed by them and by the administrators of the team. */
@Controller('api/teams')
@RequiresRole('ADMIN')
export class TeamsController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
  ) {}

  @Get()
  @Describe('List teams', {
    query: [...pageParameters(PAGE), idsParameter('members', 'Only teams with one of these users')],
    answers: ['Team'],
  })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): readonly PublicTeam[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    const seen = this.configuration.seenBy(by);
    const members = readIds<UserId>(query, 'members').filter((id) => seen.hidden('user', id) === undefined);
    if (members.length === 0 && readIds(query, 'members').length > 0) return [];
    return seen
      .list('team')
      .filter((team) => members.length === 0 || team.members.some(({ userId }) => members.includes(userId)))
      .slice(startIndex, startIndex + maxResults)
      .map((team) => publicTeam(team, seen));
  }

  @Post()
  @Describe('Create a team', { answers: 'Team' })
  async create(
    @Body() body: TeamBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicTeam> {
    const team = await this.store.create('team', (id, now) => createTeam(id, teamRequest(body), this.change(now, by)), context);
    created(reply, `/api/teams/${team.id}`);
    return publicTeam(team, this.configuration.seenBy(by));
  }

  @Get('name/:name')
  @Describe('Find a team by its name', { answers: 'Team' })
  @RequiresRole('STAKEHOLDER')
  named(@Param('name') name: string, @CurrentUser() by: Principal): Promise<PublicTeam> {
    return this.found(by, (seen) => seen.find('team', 'name', name), `there is no team "${name}"`);
  }

  @Get(':id')
  @Describe('Read a team', { answers: 'Team' })
  @RequiresRole('STAKEHOLDER')
  get(@ResourceId('id') id: TeamId, @CurrentUser() by: Principal): Promise<PublicTeam> {
    return this.found(by, (seen) => seen.get('team', id), `there is no team ${id}`);
  }

  @Put(':id')
  @Describe('Replace a team', { answers: 'Team' })
  @RequiresRole('USER')
  async replace(
    @ResourceId('id') id: TeamId,
    @Body() body: TeamBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicTeam> {
    const team = await this.store.change(
      'team',
      id,
      (current, now) => replaceTeam(current, teamRequest(body), by, this.change(now, by, current)),
      context,
    );
    return publicTeam(team, this.configuration.seenBy(by));
  }

  @Delete(':id')
  @Describe('Delete a team that nobody is paged through, and that hides nothing')
  @HttpCode(204)
  async remove(@ResourceId('id') id: TeamId, @ChangeBy() context: ChangeContext): Promise<void> {
    const { configuration } = this;
    const allowed = (team: Team): void => {
      const policies = configuration.list('policy');
      refusePagedTeam(team, policies);
      refuseHidingTeam(team, {
        sources: configuration.list('source'),
        policies,
        schedules: configuration.list('schedule'),
        actions: configuration.list('alertaction'),
        supportHours: configuration.list('supporthour'),
      });
    };
    await this.store.remove('team', id, allowed, context);
  }

  /** Somebody who is a member already gets the role. */
  @Post(':id/members')
  @Describe('Add a member, or change the role of one', { answers: 'TeamMember' })
  @RequiresRole('USER')
  async putMember(
    @ResourceId('id') id: TeamId,
    @Body() body: TeamMemberBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicTeamMember> {
    const member = teamMember(body);
    await this.store.change('team', id, (current, now) => putMember(current, member, by, this.change(now, by, current)), context);
    created(reply, `/api/teams/${id}/members/${member.userId}`);
    return { user: publicUserRel(member.userId, this.configuration.seenBy(by)), role: member.role };
  }

  @Delete(':id/members/:user')
  @Describe('Remove a member')
  @RequiresRole('USER')
  @HttpCode(204)
  async removeMember(
    @ResourceId('id') id: TeamId,
    @ResourceId('user') user: UserId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    await this.store.change('team', id, (current, now) => removeMember(current, user, by, { now }), context);
  }

  private change(now: Instant, by: Principal, current?: Team): TeamChange {
    const seen = this.configuration.seenBy(by);
    const known = current === undefined ? seen : seen.keeping('team', current);
    return { now, userExists: (id) => known.get('user', id) !== undefined };
  }

  private async found(by: Principal, lookUp: (seen: SeenConfiguration) => Team | undefined, missing: string): Promise<PublicTeam> {
    const seen = this.configuration.seenBy(by);
    const team = await seen.surely(() => lookUp(seen));
    if (team === undefined) throw rejected('not-found', missing);
    return publicTeam(team, seen);
  }
}
