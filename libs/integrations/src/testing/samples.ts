import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rejection } from '@tocsin/domain';
import type { MappedEvent } from '@tocsin/contracts';
import type { Integration } from '../integration';

export type Sample = Record<string, unknown>;

/** `file` is below `src`, e.g. `prometheus/samples/firing.json`. */
export const sampleText = (file: string): string => readFileSync(join(__dirname, '..', file), 'utf8');
export const sample = (file: string): Sample => JSON.parse(sampleText(file)) as Sample;

export const mapped = (integration: Integration, body: unknown): readonly MappedEvent[] =>
  integration.map({ body, query: {}, headers: {} });

/** The one event that the body gives. */
export const eventOf = (integration: Integration, body: unknown): MappedEvent => {
  const [event, ...others] = mapped(integration, body);
  if (event === undefined || others.length > 0) throw new Error(`expected one event, got ${others.length + (event === undefined ? 0 : 1)}`);
  return event;
};

/** The refusal of a body, as `code field: fix`; undefined when it is taken. Anything but a refusal is thrown on. */
export const refusalOf = (integration: Integration, body: unknown): string | undefined => {
  try {
    mapped(integration, body);
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return `${error.code} ${error.message}`;
    throw error;
  }
};
