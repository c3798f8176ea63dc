import { context, createContextKey, ROOT_CONTEXT, SpanKind as Kind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Span as ApiSpan, SpanContext, Tracer } from '@opentelemetry/api';
import { envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { Rejection } from '@tocsin/domain';
import { WrongExpectedRevision } from '@tocsin/event-store';
import { parseTraceParent } from '../tracing';
import type { Span, SpanDescription, SpanKind, Tracing } from '../tracing';

// Loaded only when traces are wanted: nothing else imports this file but by `loadTracing`.

const kinds: Readonly<Record<SpanKind, Kind>> = {
  server: Kind.SERVER,
  consumer: Kind.CONSUMER,
  producer: Kind.PRODUCER,
  client: Kind.CLIENT,
  internal: Kind.INTERNAL,
};

/** The other traces that work is done for, besides that of the context's own span. */
const OTHERS = createContextKey('tocsin: other traces');
const MOST_AT_ONCE = 32;

/** Exports by the standard variables (`OTEL_EXPORTER_OTLP_*`, `OTEL_TRACES_*`, `OTEL_RESOURCE_ATTRIBUTES` ...), which the SDK reads itself. */
export const openTracing = (serviceName: string): Tracing => {
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    // Others tell of the account and the command line of the process.
    resourceDetectors: [envDetector],
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return new OpenTelemetryTracing(trace.getTracer('tocsin'), () => sdk.shutdown());
};

class OpenTelemetryTracing implements Tracing {
  constructor(
    private readonly tracer: Tracer,
    private readonly shutdown: () => Promise<void>,
  ) {}

  begin(description: SpanDescription, parent?: string): Span {
    return this.open(description, contextOf(parent) ?? ROOT_CONTEXT);
  }

  enter<T>(description: SpanDescription, parent: string | undefined, work: () => Promise<T>): Promise<T> {
    return within([this.begin(description, parent)], work);
  }

  step<T>(description: SpanDescription, work: () => Promise<T>): Promise<T> {
    const active = context.active();
    if (trace.getSpanContext(active) === undefined) return work();
    const others = (active.getValue(OTHERS) ?? []) as readonly Context[];
    return within(
      [active.deleteValue(OTHERS), ...others].map((each) => this.open(description, each)),
      work,
    );
  }

  onBehalfOf<T>(parents: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...others] = [...new Set(parents)].slice(0, MOST_AT_ONCE).flatMap((parent) => contextOf(parent) ?? []);
    if (first === undefined) return work();
    return context.with(others.length === 0 ? first : first.setValue(OTHERS, others), work);
  }

  traceParent(): string | undefined {
    const active = trace.getSpanContext(context.active());
    return active === undefined ? undefined : textOf(active);
  }

  traceId(): string | undefined {
    return trace.getSpanContext(context.active())?.traceId;
  }

  async close(): Promise<void> {
    // Who collects traces may be away; that is no reason to fail a stop.
    await this.shutdown().catch(() => undefined);
    trace.disable();
    context.disable();
  }

  private open({ name, kind, attributes }: SpanDescription, parent: Context): OpenSpan {
    const span = this.tracer.startSpan(name, { kind: kinds[kind], ...(attributes === undefined ? {} : { attributes }) }, parent);
    return new OpenSpan(span, trace.setSpan(parent, span));
  }
}

class OpenSpan implements Span {
  constructor(
    private readonly span: ApiSpan,
    private readonly inside: Context,
  ) {}

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  run<T>(work: () => T): T {
    return context.with(this.inside, work);
  }

  end({ name, attributes, failed }: Parameters<Span['end']>[0] = {}): void {
    if (name !== undefined) this.span.updateName(name);
    if (attributes !== undefined) this.span.setAttributes(attributes);
    if (failed === true) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

/** Runs the work in the first span; all of them take as long as it. */
const within = async <T>(spans: readonly Span[], work: () => Promise<T>): Promise<T> => {
  let ended: Parameters<Span['end']>[0] = {};
  try {
    const [first] = spans;
    return await (first === undefined ? work() : first.run(work));
  } catch (error) {
    // By its kind alone: what an error says may quote what somebody wrote.
    ended = {
      attributes: { 'error.type': kindOf(error) },
      failed: !(error instanceof Rejection || error instanceof WrongExpectedRevision),
    };
    throw error;
  } finally {
    for (const span of spans) span.end(ended);
  }
};

const kindOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  return 'reason' in error ? `${error.name} ${String(error.reason)}` : error.name;
};

const contextOf = (parent: string | undefined): Context | undefined => {
  const parsed = parseTraceParent(parent);
  if (parsed === undefined) return undefined;
  const { traceId, spanId, flags: traceFlags } = parsed;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
};

const textOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
