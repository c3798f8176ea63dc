import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { publicTeam, publicUserRel } from '@tocsin/contracts';
import type { PublicTeam, PublicTeamMember } from '@tocsin/contracts';
import { createTeam, putMember, refusePagedTeam, rejected, removeMember, replaceTeam } from '@tocsin/domain';
import type { Instant, Team, TeamChange, TeamId, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
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

/** Teams: seen by everybody; made by administrators, changed by them and by the administrators of the team. */
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
  list(@Query() query: QueryParameters): readonly PublicTeam[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    const members = readIds<UserId>(query, 'members');
    return this.configuration
      .list('team')
      .filter((team) => members.length === 0 || team.members.some(({ userId }) => members.includes(userId)))
      .slice(startIndex, startIndex + maxResults)
      .map((team) => publicTeam(team, this.configuration));
  }

  @Post()
  @Describe('Create a team', { answers: 'Team' })
  async create(
    @Body() body: TeamBody,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicTeam> {
    const team = await this.store.create('team', (id, now) => createTeam(id, teamRequest(body), this.change(now)), context);
    created(reply, `/api/teams/${team.id}`);
    return publicTeam(team, this.configuration);
  }

  @Get('name/:name')
  @Describe('Find a team by its name', { answers: 'Team' })
  @RequiresRole('STAKEHOLDER')
  named(@Param('name') name: string): Promise<PublicTeam> {
    return this.found(() => this.configuration.find('team', 'name', name), `there is no team "${name}"`);
  }

  @Get(':id')
  @Describe('Read a team', { answers: 'Team' })
  @RequiresRole('STAKEHOLDER')
  get(@ResourceId('id') id: TeamId): Promise<PublicTeam> {
    return this.found(() => this.configuration.get('team', id), `there is no team ${id}`);
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
      (current, now) => replaceTeam(current, teamRequest(body), by, this.change(now)),
      context,
    );
    return publicTeam(team, this.configuration);
  }

  @Delete(':id')
  @Describe('Delete a team that nobody is paged through')
  @HttpCode(204)
  async remove(@ResourceId('id') id: TeamId, @ChangeBy() context: ChangeContext): Promise<void> {
    await this.store.remove('team', id, (team) => refusePagedTeam(team, this.configuration.list('policy')), context);
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
    await this.store.change('team', id, (current, now) => putMember(current, member, by, this.change(now)), context);
    created(reply, `/api/teams/${id}/members/${member.userId}`);
    return { user: publicUserRel(member.userId, this.configuration), role: member.role };
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

  private change(now: Instant): TeamChange {
    return { now, userExists: (id) => this.configuration.get('user', id) !== undefined };
  }

  private async found(lookUp: () => Team | undefined, missing: string): Promise<PublicTeam> {
    const team = await this.configuration.surely(lookUp);
    if (team === undefined) throw rejected('not-found', missing);
    return publicTeam(team, this.configuration);
  }
}
