import { optional, textSetting, urlSetting } from '../settings';
import type { Settings } from '../settings';
import type { Tracing } from './tracing';

/** The standard variables that switch traces on. The SDK reads all others itself. */
export const tracingSchema = {
  otlpEndpoint: optional(
    urlSetting('OTEL_EXPORTER_OTLP_ENDPOINT', { about: 'where traces are sent, http://host:4318; without it there are none' }),
  ),
  tracesExporter: optional(
    textSetting('OTEL_TRACES_EXPORTER', { about: 'how traces leave: otlp, console or none; without it otlp, when the endpoint is set' }),
  ),
} as const;

export type TracingSettings = Settings<typeof tracingSchema>;

/** Nothing of OpenTelemetry is loaded unless traces are wanted. */
export const loadTracing = async ({ otlpEndpoint, tracesExporter }: TracingSettings, serviceName: string): Promise<Tracing | undefined> => {
  if (tracesExporter === 'none' || (tracesExporter === undefined && otlpEndpoint === undefined)) return undefined;
  const { openTracing } = await import('./open-telemetry/index.js');
  return openTracing(serviceName);
};
