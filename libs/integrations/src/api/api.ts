import type { MappedEvent, ToolEventType } from '@tocsin/contracts';
import type { AlertPriority, EventComment, EventImage, EventLink, Rejection } from '@tocsin/domain';
import Ajv from 'ajv';
import type { ErrorObject } from 'ajv';
import { boundedEvent } from '../bounds';
import type { Integration } from '../integration';
import { invalid, payloadOf } from '../payload';

/** The public event body. Clients send null for every field they do not set, and older ones the v1 names. */
export interface ApiEvent {
  readonly integrationKey?: string | null;
  readonly apiKey?: string | null;
  readonly eventType: ToolEventType;
  readonly summary?: string | null;
  readonly details?: string | null;
  readonly alertKey?: string | null;
  readonly incidentKey?: string | null;
  readonly priority?: AlertPriority | null;
  readonly severity?: number | null;
  readonly images?: readonly EventImage[] | null;
  readonly links?: readonly EventLink[] | null;
  readonly comments?: readonly EventComment[] | null;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly customDetails?: Readonly<Record<string, unknown>> | null;
  readonly routingKey?: string | null;
}

const optionalText = { type: 'string', nullable: true };
const optionalList = (maxItems: number, properties: Record<string, unknown>, required: readonly string[]) => ({
  type: 'array',
  nullable: true,
  maxItems,
  items: { type: 'object', properties, required },
});

/** What an event must look like; the description of the API says the same. */
export const apiEventSchema = {
  type: 'object',
  required: ['eventType'],
  properties: {
    integrationKey: optionalText,
    apiKey: optionalText,
    eventType: { enum: ['ALERT', 'ACCEPT', 'RESOLVE', 'COMMENT'] },
    summary: optionalText,
    details: optionalText,
    alertKey: optionalText,
    incidentKey: optionalText,
    priority: { enum: ['HIGH', 'LOW', null] },
    severity: { type: 'integer', nullable: true, minimum: 1, maximum: 5 },
    images: optionalList(
      100,
      { src: { type: 'string' }, href: { type: 'string', nullable: true }, alt: { type: 'string', nullable: true } },
      ['src'],
    ),
    links: optionalList(100, { href: { type: 'string' }, text: { type: 'string', nullable: true } }, ['href']),
    comments: optionalList(100, { creator: { type: 'string', nullable: true }, content: { type: 'string' } }, ['content']),
    labels: { type: 'object', nullable: true, additionalProperties: { type: 'string' } },
    customDetails: { type: 'object', nullable: true },
    routingKey: optionalText,
  },
};

const validate = new Ajv({ allErrors: false, strict: false }).compile<ApiEvent>(apiEventSchema);

/** @throws Rejection `invalid` naming the field */
export const parseApiEvent = (body: unknown): ApiEvent => {
  const event = payloadOf(body, 'a client');
  if (!validate(event)) throw refusal(validate.errors?.[0]);
  if (event.eventType === 'ALERT' && blank(event.summary)) {
    throw invalid('summary', 'is required for an ALERT; send a short text that says what is wrong');
  }
  return event;
};

export const mapApiEvent = (event: ApiEvent): MappedEvent => {
  const alertKey = blank(event.alertKey) ? event.incidentKey : event.alertKey;
  return boundedEvent({
    eventType: event.eventType,
    ...(blank(event.summary) ? {} : { summary: event.summary }),
    ...(blank(event.details) ? {} : { details: event.details }),
    ...(blank(alertKey) ? {} : { alertKey }),
    ...(event.priority == null ? {} : { priority: event.priority }),
    ...(event.severity == null ? {} : { severity: event.severity }),
    ...(event.images == null ? {} : { images: event.images.map(withoutNulls) }),
    ...(event.links == null ? {} : { links: event.links.map(withoutNulls) }),
    ...(event.comments == null ? {} : { comments: event.comments.map(withoutNulls) }),
    ...(event.labels == null ? {} : { labels: event.labels }),
    ...(event.customDetails == null ? {} : { customDetails: event.customDetails }),
    ...(blank(event.routingKey) ? {} : { routingKey: event.routingKey }),
  });
};

/** Plain events, posted by scripts and client libraries. */
export const api: Integration = {
  type: 'API',
  slug: 'api',
  name: 'API',
  map: ({ body }) => [mapApiEvent(parseApiEvent(body))],
};

const blank = (value: string | null | undefined): value is null | undefined | '' => value == null || value.trim() === '';

const withoutNulls = <T extends object>(item: T): T => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null)) as T;

const refusal = (error: ErrorObject | undefined): Rejection => {
  if (error === undefined) return invalid('body', 'is not an event');
  const missing = error.keyword === 'required' ? String((error.params as { missingProperty: string }).missingProperty) : undefined;
  const field = [...error.instancePath.split('/').slice(1), ...(missing === undefined ? [] : [missing])].join('.') || 'body';
  const allowed =
    error.keyword === 'enum'
      ? (error.params as { allowedValues: unknown[] }).allowedValues.filter((value) => value !== null).join(', ')
      : undefined;
  if (missing !== undefined) return invalid(field, 'is required');
  if (allowed !== undefined) return invalid(field, `must be one of ${allowed}`);
  if (field === 'severity') return invalid(field, 'must be a whole number from 1 to 5');
  return invalid(field, error.message ?? 'is not valid');
};
