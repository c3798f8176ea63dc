export * from './heartbeat-monitor';
export * from './kafka-broker';
export * from './mail-server';
export * from './mongodb-server';
export * from './standalone-process';
export * from './tcp-proxy';
export * from './trace-collector';
