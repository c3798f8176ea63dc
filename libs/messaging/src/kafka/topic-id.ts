import type { Cluster } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder';
import Encoder from 'kafkajs/src/protocol/encoder';

const METADATA = 3;
const VERSION = 12;
const NO_ID = Buffer.alloc(16);
const UNKNOWN_TOPIC = 3;

/** kafkajs looks for a throttle time in what it passes on. */
interface Answer {
  readonly id: string | undefined;
}

interface Connections {
  send(exchange: { request: object; response: object }): Promise<Answer>;
}

/**
 * The id a topic was given when it was made, which a topic of the same name made later does not have. kafkajs asks for
 * metadata in a version that knows no ids, so this asks through the same connection in one that does (Kafka 2.8 and newer).
 * Undefined: there is no such topic.
 */
export async function topicIdOf(cluster: Cluster, topic: string): Promise<string | undefined> {
  const broker = (await cluster.findControllerBroker()) as unknown as { readonly connectionPool: Connections };
  const { id } = await broker.connectionPool.send({
    request: { apiKey: METADATA, apiVersion: VERSION, apiName: 'Metadata', encode: () => encode(topic) },
    response: { decode: (payload: Buffer) => decode(payload), parse: (answer: Answer) => answer },
  });
  return id;
}

function encode(topic: string): Encoder {
  const request = new Encoder();
  // The end of the request's header, which kafkajs writes in its older form, without tagged fields.
  request.writeUVarInt(0);
  // One topic; lengths are plus one.
  request.writeUVarInt(2);
  request.writeBufferInternal(NO_ID);
  request.writeUVarIntString(topic).writeUVarInt(0);
  // Neither create the topic nor say what may be done with it.
  return request.writeBoolean(false).writeBoolean(false).writeUVarInt(0);
}

function decode(payload: Buffer): Answer {
  const response = new Decoder(payload);
  response.readTaggedFields();
  response.readInt32();
  for (let brokers = response.readUVarInt() - 1; brokers > 0; brokers--) {
    response.readInt32();
    response.readUVarIntString();
    response.readInt32();
    response.readUVarIntString();
    response.readTaggedFields();
  }
  response.readUVarIntString();
  response.readInt32();
  response.readUVarInt();
  const error = response.readInt16();
  const name = response.readUVarIntString();
  if (error === UNKNOWN_TOPIC) return { id: undefined };
  if (error !== 0) throw new Error(`no id of topic ${name}: error ${error}`);
  return { id: response.readBytes(NO_ID.length).toString('hex') };
}
