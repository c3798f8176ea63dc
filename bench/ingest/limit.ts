// The least that could be called durable intake: bare node:http, JSON.parse, one publish to the same store: the embedded log
// in the directory given, or, where the environment names brokers, Kafka.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instant } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { MessageBus } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { KafkaMessageBus } from '@tocsin/messaging/kafka';

const TOPIC = 'bare-events';
const brokers = process.env['KAFKA_BROKERS'];
const bus: MessageBus =
  brokers === undefined
    ? new EmbeddedMessageBus(await EmbeddedLog.open({ directory: process.argv[2] ?? '' }))
    : new KafkaMessageBus({ brokers: brokers.split(','), clientId: 'bare' }, Math.random);
await bus.declare([{ name: TOPIC, compacted: false, retentionDays: 7 }]);

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const data = JSON.parse(Buffer.concat(parts).toString()) as { readonly alertKey: string };
    const id = randomUUID();
    const message = {
      id,
      key: data.alertKey,
      type: 'ToolEvent',
      schemaVersion: 1,
      time: Date.now() as Instant,
      correlationId: id,
      causationId: id,
      data,
    };
    bus.publish(TOPIC, [message]).then(
      () => response.writeHead(202, { 'content-type': 'application/json' }).end('{}'),
      () => response.writeHead(503).end(),
    );
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
