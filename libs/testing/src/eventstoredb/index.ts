export { EventStoreDbServer } from './eventstoredb-server';
export type { EventStoreDbServerOptions } from './eventstoredb-server';
export type { Fault, FaultKind } from './faults';
export { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from './loopback-certificate';
export { EventStoreDbProcess } from './eventstoredb-process';
