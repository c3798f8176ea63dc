/** What `$$stream` says about the stream: which of its events are shown. */
export interface StreamMetadata {
  /** `$tb`: the first revision that is shown. */
  readonly truncateBefore?: number;
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
}

/** `$tb` of a soft-deleted stream. No JavaScript number: in the JSON it is written as it is here. */
const DELETED = '9223372036854775807';

export const metadataStreamOf = (stream: string): string => `$$${stream}`;
export const isMetadataStream = (stream: string): boolean => stream.startsWith('$$');
export const isSoftDeleted = (metadata: StreamMetadata): boolean => (metadata.truncateBefore ?? 0) >= Number(DELETED);

export function parseStreamMetadata(json: string): StreamMetadata {
  const values = objectOf(json);
  const { $tb, $maxCount, $maxAge } = values;
  return {
    ...(typeof $tb === 'number' && { truncateBefore: $tb }),
    ...(typeof $maxCount === 'number' && { maxCount: $maxCount }),
    ...(typeof $maxAge === 'number' && { maxAgeSeconds: $maxAge }),
  };
}

/** The same metadata with another `$tb`, and every key the server does not know left in it. */
export function withTruncateBefore(json: string | undefined, revision: number | 'deleted'): string {
  const others = Object.entries(json === undefined ? {} : objectOf(json)).filter(([key]) => key !== '$tb');
  const members = others.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `{${[...members, `"$tb":${revision === 'deleted' ? DELETED : revision}`].join(',')}}`;
}

function objectOf(json: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch (error) {
    // The server stores whatever it is sent as metadata; what it cannot read says nothing.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
