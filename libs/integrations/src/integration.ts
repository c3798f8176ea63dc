import type { MappedEvent } from '@tocsin/contracts';
import type { IntegrationType } from '@tocsin/domain';

export interface IntegrationRequest {
  /** Parsed JSON, the fields of a form, or text that was neither. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What one tool's webhook means. Pure: the same request always gives the same events.
 * `map` gives no event for what the tool says without meaning anything (a test ping, a paused notice), and throws
 * `rejected('invalid')` with the field and the fix for what cannot be understood.
 */
export interface Integration {
  readonly type: IntegrationType;
  /** Path segment in `/api/events/<slug>/<key>`. */
  readonly slug: string;
  readonly name: string;
  /** @throws Rejection `invalid` */
  map(request: IntegrationRequest): readonly MappedEvent[];
}
