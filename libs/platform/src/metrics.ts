import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metric } from 'prom-client';

export interface MetricDescription<Label extends string> {
  /** `tocsin_<what>_<unit>`, counters end in `_total`. */
  readonly name: `tocsin_${string}`;
  readonly help: string;
  /** Few values each: never an id, a key or anything a client chooses. */
  readonly labels?: readonly Label[];
}

export type { Counter, Gauge, Histogram } from 'prom-client';

/** One value, or one for each combination of labels; those not named are gone. */
type Reading<Label extends string> =
  number | readonly { readonly labels: Readonly<Partial<Record<Label, string>>>; readonly value: number }[];
type Read = () => Reading<string> | Promise<Reading<string>>;

const usualSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

let processMetrics: Registry | undefined;

/**
 * Watched once, however many services a process starts one after the other: the library never stops watching, and what each garbage
 * collection and each turn of the event loop has to tell to thousands is more work than either of them.
 */
const metricsOfTheProcess = (): Registry => {
  if (processMetrics !== undefined) return processMetrics;
  processMetrics = new Registry();
  // A sparse look at the event loop: the usual one wakes an idle process a hundred times a second.
  collectDefaultMetrics({ register: processMetrics, prefix: 'tocsin_', eventLoopMonitoringPrecision: 100 });
  return processMetrics;
};

/** The metrics of one process; asked twice for the same name it gives the same metric, since services share a process. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly reads = new Map<string, Read[]>();

  constructor(options: { readonly process?: boolean } = {}) {
    if (options.process !== true) return;
    for (const { name } of metricsOfTheProcess().getMetricsAsArray())
      this.registry.registerMetric(metricsOfTheProcess().getSingleMetric(name) as Metric);
  }

  counter<Label extends string = never>({ name, help, labels = [] }: MetricDescription<Label>): Counter<Label> {
    return this.known<Counter<Label>>(name) ?? new Counter<Label>({ name, help, labelNames: [...labels], registers: [this.registry] });
  }

  /** With `read` the values are asked for at each scrape; several may read for one gauge, each its own labels. */
  gauge<Label extends string = never>(
    { name, help, labels = [] }: MetricDescription<Label>,
    read?: () => Reading<Label> | Promise<Reading<Label>>,
  ): Gauge<Label> {
    const reads = this.reads.get(name) ?? [];
    if (read !== undefined) reads.push(read as Read);
    this.reads.set(name, reads);
    const known = this.known<Gauge<Label>>(name);
    if (known !== undefined) return known;
    const gauge: Gauge<Label> = new Gauge<Label>({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      collect: async () => {
        if (reads.length === 0) return;
        const readings = await Promise.all(reads.map((each) => each()));
        gauge.reset();
        // Without labels a reset leaves a 0 behind, which nobody has read.
        if (labels.length === 0) gauge.remove();
        for (const reading of readings) {
          if (typeof reading === 'number') gauge.set(reading);
          else for (const { labels: of, value } of reading) gauge.set(of as Partial<Record<Label, string>>, value);
        }
      },
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

  private known<Known>(name: string): Known | undefined {
    return this.registry.getSingleMetric(name) as Known | undefined;
  }
}
