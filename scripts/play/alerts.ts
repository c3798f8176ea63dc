import type { Client } from '../demo/client.mjs';

export interface ShownAlert {
  readonly id: number;
  readonly summary: string;
  readonly status: 'PENDING' | 'ACCEPTED' | 'RESOLVED';
  readonly priority: 'HIGH' | 'LOW';
  readonly alertKey?: string;
  readonly reportTime: string;
  readonly nextEscalation?: string;
  readonly assignedTo?: { readonly firstName: string; readonly lastName: string };
  /** Newest first. */
  readonly timeline: readonly { readonly timestamp: string; readonly text: string }[];
}

const SHOWN = 8;

/** The newest alerts and why what happened to them happened, as the API tells it. */
export const newestAlerts = async (api: Client): Promise<readonly ShownAlert[]> => {
  const alerts = await api.call<readonly ShownAlert[]>('GET', `/api/alerts?max-results=${SHOWN}`);
  return Promise.all(
    alerts.map(async ({ id, summary, status, priority, alertKey, reportTime, nextEscalation, assignedTo }) => {
      const entries = await api.call<ShownAlert['timeline']>('GET', `/api/alerts/${id}/log-entries?max-results=100`);
      return {
        ...{ id, summary, status, priority, reportTime },
        ...(alertKey === undefined ? {} : { alertKey }),
        ...(nextEscalation === undefined ? {} : { nextEscalation }),
        ...(assignedTo === undefined ? {} : { assignedTo }),
        timeline: entries.map(({ timestamp, text }) => ({ timestamp, text })),
      };
    }),
  );
};
