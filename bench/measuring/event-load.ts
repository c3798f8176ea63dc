import autocannon from 'autocannon';
import { rounded } from './statistics.ts';

export interface LoadResult {
  readonly acceptedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refused: number;
}

/** Posts events over kept connections, each as soon as the one before was answered. */
export const postEvents = async (
  url: string,
  load: { readonly connections: number; readonly seconds: number; readonly body: (n: number) => object },
): Promise<LoadResult> => {
  let n = 0;
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    connections: load.connections,
    duration: load.seconds,
    requests: [{ setupRequest: (request) => ({ ...request, body: JSON.stringify(load.body(++n)) }) }],
  });
  return {
    acceptedPerSecond: rounded(result['2xx'] / result.duration, 0),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    refused: result.non2xx + result.errors + result.timeouts,
  };
};
