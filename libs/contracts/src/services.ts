/** The five services. The standalone is all of them in one process. */
export type ServiceName = 'ingestion' | 'alerts' | 'escalation' | 'oncall' | 'notifications';

export interface ServiceAddress {
  /** Where it listens in the cluster profile unless told otherwise. */
  readonly port: number;
  /** First segments of the paths it answers; below each of them everything is its own. */
  readonly paths: readonly string[];
}

/**
 * Which service answers which path: the one table behind the front door, the Ingress and the documents. No path here is
 * the beginning of another one's first segments, so that their order does not matter; `/` alone is for what is left.
 */
export const services: Readonly<Record<ServiceName, ServiceAddress>> = {
  ingestion: {
    port: 8081,
    paths: [
      '/api/events',
      '/api/v1',
      '/api/heartbeats',
      '/api/pings',
      '/api/alert-sources',
      '/api/heartbeat-monitors',
      '/api/integrations',
    ],
  },
  alerts: { port: 8082, paths: ['/api/alerts', '/api/maintenance-windows', '/api-docs', '/'] },
  escalation: { port: 8083, paths: ['/api/escalation-policies'] },
  oncall: {
    port: 8084,
    paths: [
      '/api/schedules',
      '/api/on-calls',
      '/api/users',
      '/api/teams',
      '/api/api-keys',
      '/api/audit-log',
      '/api/support-hours',
      '/sign-in',
      '/api/sign-in-links',
      '/calendar',
    ],
  },
  notifications: {
    port: 8085,
    paths: ['/api/connectors', '/api/alert-actions', '/api/callbacks', '/api/numbers', '/answer', '/outbox', '/me'],
  },
};

/** The service that answers a path (without its query). */
export const serviceOf = (path: string): ServiceName => {
  const owner = Object.entries(services).find(([, { paths }]) =>
    paths.some((start) => start !== '/' && (path === start || path.startsWith(`${start}/`))),
  );
  return (owner?.[0] as ServiceName | undefined) ?? 'alerts';
};
