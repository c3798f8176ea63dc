import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricDescription<Label extends string> {
  /** `tocsin_<what>_<unit>`, counters end in `_total`. */
  readonly name: `tocsin_${string}`;
  readonly help: string;
  /** Few values each: never an id, a key or anything a client chooses. */
  readonly labels?: readonly Label[];
}

export type { Counter, Gauge, Histogram } from 'prom-client';

const usualSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of one process; asked twice for the same name it gives the same metric, since services share a process. */
export class Metrics {
  private readonly registry = new Registry();

  constructor(options: { readonly process?: boolean } = {}) {
    // A sparse look at the event loop: the usual one wakes an idle process a hundred times a second.
    if (options.process === true) collectDefaultMetrics({ register: this.registry, prefix: 'tocsin_', eventLoopMonitoringPrecision: 100 });
  }

  counter<Label extends string = never>({ name, help, labels = [] }: MetricDescription<Label>): Counter<Label> {
    return this.known<Counter<Label>>(name) ?? new Counter<Label>({ name, help, labelNames: [...labels], registers: [this.registry] });
  }

  /** With `read` the value is asked for at each scrape. */
  gauge<Label extends string = never>(
    { name, help, labels = [] }: MetricDescription<Label>,
    read?: () => number | Promise<number>,
  ): Gauge<Label> {
    const known = this.known<Gauge<Label>>(name);
    if (known !== undefined) return known;
    const gauge: Gauge<Label> = new Gauge<Label>({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      ...(read === undefined ? {} : { collect: async () => gauge.set(await read()) }),
    });
    return gauge;
  }

  histogram<Label extends string = never>(
    { name, help, labels = [] }: MetricDescription<Label>,
    buckets: readonly number[] = usualSeconds,
  ): Histogram<Label> {
    return (
      this.known<Histogram<Label>>(name) ??
      new Histogram<Label>({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [this.registry] })
    );
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  names(): readonly string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }

  private known<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}
