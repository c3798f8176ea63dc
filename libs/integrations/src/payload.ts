import type { EventLink } from '@tocsin/domain';
import { rejected } from '@tocsin/domain';
import type { Rejection } from '@tocsin/domain';

/** Reading what other people's tools send: they add fields, send numbers as text, and null for nothing. */
export type Payload = Readonly<Record<string, unknown>>;

export const invalid = (field: string, fix: string): Rejection => rejected('invalid', `${field}: ${fix}`, { field, message: fix });

export const isPayload = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of text that is JSON; undefined for text that is not. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** The object in a body, also where the tool did not say that it is JSON. @throws Rejection `invalid` */
export const payloadOf = (body: unknown, tool: string): Payload => {
  const value = typeof body === 'string' ? parsedJson(body) : body;
  if (!isPayload(value)) throw invalid('body', `must be the JSON object that ${tool} posts`);
  return value;
};

/** Trimmed text of a string, number or boolean; empty for everything else. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};

export const firstText = (...values: readonly unknown[]): string => values.map(textOf).find((text) => text !== '') ?? '';

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** An object of texts, such as labels; nothing counts as none. @throws Rejection `invalid` */
export const textsOf = (value: unknown, field: string): Readonly<Record<string, string>> => {
  if (value === undefined || value === null) return {};
  if (!isPayload(value)) throw invalid(field, 'must be an object of texts');
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, textOf(item)] as const)
      .filter(([, text]) => text !== ''),
  );
};

/** `labels.constructor` is not a label: only what the payload itself says counts. */
export const own = (texts: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(texts, name) ? (texts[name] ?? '') : '';

/** A link that a person may be shown: http or https and nothing else, since payloads are strangers' text. */
export const webLinks = (href: unknown, text: string): readonly EventLink[] => {
  const url = textOf(href);
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? [{ href: url, text }] : [];
};

export const distinctLinks = (links: readonly EventLink[]): readonly EventLink[] =>
  links.filter(({ href }, index) => links.findIndex((other) => other.href === href) === index);
