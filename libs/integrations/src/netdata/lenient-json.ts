import { parsedJson } from '../payload';
import type { Payload } from '../payload';

const MAX_LENGTH = 262_144;
const MAX_FIELDS = 200;

/** A name and its colon, right after the brace or the comma before it. */
const FIELD = /(?:^\{|,)\s{0,1000}"([A-Za-z0-9_.-]{1,64})"\s{0,1000}:/g;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

const valueOf = (written: string): unknown => {
  const value = parsedJson(written);
  if (value !== undefined && (value === null || typeof value !== 'object')) return value;
  const isQuoted = written.length >= 2 && written.startsWith('"') && written.endsWith('"');
  const text = isQuoted ? written.slice(1, -1) : written;
  return text.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
};

/**
 * One flat object whose values a shell script pasted in: unquoted words, texts with line breaks and quotes of their own,
 * nothing at all. A value ends where the next `, "name":` or the last brace begins. Undefined for text that is no such
 * object; time and memory grow with the length only.
 */
export const parseLenientObject = (text: string): Payload | undefined => {
  const body = text.trim();
  if (body.length > MAX_LENGTH || !body.startsWith('{') || !body.endsWith('}')) return undefined;
  const inner = body.slice(0, -1);
  const fields = [...inner.matchAll(FIELD)];
  if (fields.length === 0 || fields.length > MAX_FIELDS || fields[0]?.index !== 0) return undefined;
  return Object.fromEntries(
    fields.map((field, index) => {
      const written = inner.slice(field.index + field[0].length, fields[index + 1]?.index).trim();
      return [field[1], valueOf(written.endsWith(',') && index === fields.length - 1 ? written.slice(0, -1).trim() : written)];
    }),
  ) as Payload;
};
