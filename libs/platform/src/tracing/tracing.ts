/** What a span is of: a request answered, a message or timer handled, a call of a server, a step of our own. */
export type SpanKind = 'server' | 'consumer' | 'producer' | 'client' | 'internal';

export type SpanAttributes = Readonly<Record<string, string | number>>;

export interface SpanDescription {
  /** Constant, or of few values: never an id. */
  readonly name: string;
  readonly kind: SpanKind;
  /** Ids and names of kinds only, as in a log: never what a person or a tool wrote. */
  readonly attributes?: SpanAttributes;
}

export interface Span {
  /** 32 hex digits; it joins what a log says with what a trace shows. */
  readonly traceId: string;
  /** What the work does, and sets off, belongs to this span. */
  run<T>(work: () => T): T;
  end(told?: { readonly name?: string; readonly attributes?: SpanAttributes; readonly failed?: boolean }): void;
}

/**
 * Traces, where an exporter is configured. Without one there is no object of this kind, and whoever may have one does its
 * work as if this did not exist. What belongs to what is known along a chain of promises; from process to process it goes
 * as a W3C `traceparent`. Nothing here throws or waits: a trace that cannot be exported is dropped.
 */
export interface Tracing {
  /** Begins what came from outside, as part of the trace of `parent`, or of a new one. */
  begin(description: SpanDescription, parent?: string): Span;
  /** The work as part of the trace of `parent`, or of a new one. */
  enter<T>(description: SpanDescription, parent: string | undefined, work: () => Promise<T>): Promise<T>;
  /** The work as one step of what is traced here, or untraced when nothing is. */
  step<T>(description: SpanDescription, work: () => Promise<T>): Promise<T>;
  /** The work for all of these traces at once; its steps are seen in each of them. */
  onBehalfOf<T>(parents: readonly string[], work: () => Promise<T>): Promise<T>;
  /** `traceparent` of the span that runs here. */
  traceParent(): string | undefined;
  traceId(): string | undefined;
  /** Exports what is left. */
  close(): Promise<void>;
}

const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
}

/** Reads a W3C `traceparent`; undefined when it is none. */
export const parseTraceParent = (text: unknown): TraceParent | undefined => {
  const [, traceId, spanId, flags] = typeof text === 'string' ? (TRACE_PARENT.exec(text) ?? []) : [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
};

/** As a field of a log line; no field without a trace. */
export const traceFields = (traceParent: string | undefined): { readonly traceId?: string } => {
  const traceId = parseTraceParent(traceParent)?.traceId;
  return traceId === undefined ? {} : { traceId };
};

/** The work as a step, when there is tracing. */
export const traced = <T>(tracing: Tracing | undefined, description: SpanDescription, work: () => Promise<T>): Promise<T> =>
  tracing === undefined ? work() : tracing.step(description, work);
