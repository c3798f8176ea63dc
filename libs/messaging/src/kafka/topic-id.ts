import type { Cluster } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder';
import Encoder from 'kafkajs/src/protocol/encoder';

const METADATA = 3;
const VERSION = 12;
const NO_ID = Buffer.alloc(16);
const UNKNOWN_TOPIC = 3;
const INT32_BYTES = 4;

/** kafkajs looks for a throttle time in what it passes on. */
interface Answer {
  readonly ids: ReadonlyMap<string, string>;
}

interface Connections {
  send(exchange: { request: object; response: object }): Promise<Answer>;
}

/**
 * The ids that topics were given when they were made, which topics of the same names made later do not have, by name; a topic
 * that is missing does not exist. kafkajs asks for metadata in a version that knows no ids, so this asks through the same
 * connection in one that does (Kafka 2.8 and newer).
 */
export async function topicIdsOf(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const broker = (await cluster.findControllerBroker()) as unknown as { readonly connectionPool: Connections };
  const { ids } = await broker.connectionPool.send({
    request: { apiKey: METADATA, apiVersion: VERSION, apiName: 'Metadata', encode: () => encode(topics) },
    response: { decode: (payload: Buffer) => decode(payload), parse: (answer: Answer) => answer },
  });
  return ids;
}

function encode(topics: readonly string[]): Encoder {
  const request = new Encoder();
  // The end of the request's header, which kafkajs writes in its older form, without tagged fields.
  request.writeUVarInt(0);
  // Lengths are plus one.
  request.writeUVarInt(topics.length + 1);
  for (const topic of topics) {
    request.writeBufferInternal(NO_ID);
    request.writeUVarIntString(topic).writeUVarInt(0);
  }
  // Neither create the topics nor say what may be done with them.
  return request.writeBoolean(false).writeBoolean(false).writeUVarInt(0);
}

function decode(payload: Buffer): Answer {
  const response = new Decoder(payload);
  response.readTaggedFields();
  response.readInt32();
  each(response, () => {
    response.readInt32();
    response.readUVarIntString();
    response.readInt32();
    response.readUVarIntString();
    response.readTaggedFields();
  });
  response.readUVarIntString();
  response.readInt32();
  const ids = new Map<string, string>();
  each(response, () => {
    const error = response.readInt16();
    const name = response.readUVarIntString();
    const id = response.readBytes(NO_ID.length).toString('hex');
    passOverPartitions(response);
    if (error === UNKNOWN_TOPIC) return;
    if (error !== 0) throw new Error(`no id of topic ${name}: error ${error}`);
    if (name !== null) ids.set(name, id);
  });
  return { ids };
}

function passOverPartitions(response: Decoder): void {
  // Whether it is of Kafka's own.
  response.readBytes(1);
  each(response, () => {
    response.readInt16();
    response.readBytes(3 * INT32_BYTES);
    // Its replicas: all of them, those in sync, those offline.
    for (let list = 0; list < 3; list++) each(response, () => response.readInt32());
    response.readTaggedFields();
  });
  response.readInt32();
  response.readTaggedFields();
}

function each(response: Decoder, read: () => void): void {
  for (let left = response.readUVarInt() - 1; left > 0; left--) read();
}
