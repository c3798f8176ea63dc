import { Controller, Get, Query, Res } from '@nestjs/common';
import type { AuditEntry } from '@tocsin/domain';
import type { PublicAuditEntry } from '@tocsin/contracts';
import { Views } from '@tocsin/platform';
import {
  Describe,
  idParameter,
  invalidField,
  readId,
  readInteger,
  readText,
  RequiresRole,
  textParameter,
  sayReadsAreBehind,
} from '@tocsin/platform/nest';
import type { QueryParameter, QueryParameters } from '@tocsin/platform/nest';
import { AUDIT_LOG_VIEW, ReadStore } from '@tocsin/read-models';
import type { IndexedValue } from '@tocsin/read-models';
import type { FastifyReply } from 'fastify';
import { kindNamed, publicAuditEntry, RESOURCE_TYPES } from './public-audit-entry';

const VIEW_WITHIN_MS = 2_000;
const NEWEST_FIRST = [{ field: 'id', descending: true }];
const PARAMETERS: readonly QueryParameter[] = [
  { name: 'max-results', schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } },
  textParameter('cursor', 'What the header next-cursor of the answer before said'),
  textParameter('resource-type', 'Only changes of this type', { choices: RESOURCE_TYPES }),
  idParameter('resource-id', 'Only changes of this resource; needs its type'),
];

/** Who changed which setting, newest first. `cursor` takes what `next-cursor` of the answer before said. */
@Controller('api/audit-log')
export class AuditLogController {
  constructor(
    private readonly readStore: ReadStore,
    private readonly views: Views,
  ) {}

  @Get()
  @Describe('List who changed which setting, newest first', { query: PARAMETERS, answers: ['AuditEntry'] })
  @RequiresRole('ADMIN')
  async list(@Query() query: QueryParameters, @Res({ passthrough: true }) reply: FastifyReply): Promise<readonly PublicAuditEntry[]> {
    const limit = readInteger(query, 'max-results', { min: 1, max: 100 }) ?? 50;
    const cursor = readCursor(query);
    const chosen = readFilter(query);
    if (!(await this.views.upToDate(AUDIT_LOG_VIEW, VIEW_WITHIN_MS))) sayReadsAreBehind(reply);
    const found = await this.readStore.find<AuditEntry>(AUDIT_LOG_VIEW, {
      ...(Object.keys(chosen).length === 0 ? {} : { in: chosen }),
      ...(cursor === undefined ? {} : { range: { id: { until: cursor } } }),
      sort: NEWEST_FIRST,
      skip: 0,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    if (found.length > limit && last !== undefined) void reply.header('next-cursor', last.id);
    return page.map(publicAuditEntry);
  }
}

const readCursor = (query: QueryParameters): string | undefined => {
  const cursor = readText(query, 'cursor');
  if (cursor !== undefined && !/^\d{20}$/.test(cursor)) throw invalidField('cursor', 'must be what the header next-cursor said');
  return cursor;
};

const readFilter = (query: QueryParameters): Readonly<Record<string, readonly IndexedValue[]>> => {
  const type = readText(query, 'resource-type');
  const id = readId(query, 'resource-id');
  const kind = type === undefined ? undefined : kindNamed(type);
  if (type !== undefined && kind === undefined) throw invalidField('resource-type', `must be one of ${RESOURCE_TYPES.join(', ')}`);
  if (id !== undefined && kind === undefined) throw invalidField('resource-id', 'needs a resource-type: ids are unique per type');
  return { ...(kind === undefined ? {} : { resourceType: [kind] }), ...(id === undefined ? {} : { resourceId: [id] }) };
};
