import { services } from '@tocsin/contracts';
import type { ServiceName } from '@tocsin/contracts';
import { emailAddressProblem } from '@tocsin/domain';
import { heartbeatSchema } from '../../path-probe/heartbeat-settings';
import { secretKeyProblem } from '../../secrets';
import {
  checked,
  choiceSetting,
  integerSetting,
  listSetting,
  optional,
  portSetting,
  secretSetting,
  textSetting,
  urlSetting,
} from '../../settings';
import type { Settings } from '../../settings';
import { tracingSchema } from '../../tracing/load-tracing';

/** What every service of the cluster profile is told; the same for all replicas of all services, but for the port. */
export const clusterSchema = (name: ServiceName) =>
  ({
    port: portSetting('PORT', { about: 'where the service listens; 0 takes any free port', usual: services[name].port }),
    host: textSetting('TOCSIN_HOST', { about: 'address to listen on', usual: '127.0.0.1' }),
    publicUrl: optional(urlSetting('TOCSIN_PUBLIC_URL', { about: 'base of links and call-backs; without it the listening URL' })),
    trustedProxies: listSetting('TOCSIN_TRUSTED_PROXIES', {
      about: 'addresses or networks of proxies whose X-Forwarded-For is believed, or loopback; nobody unless told',
      usual: [],
    }),
    kafkaBrokers: listSetting('KAFKA_BROKERS', { about: 'Kafka, host:port, several separated by commas' }),
    kafkaTls: choiceSetting('KAFKA_TLS', ['on', 'off'], { about: 'whether connections to Kafka are encrypted', usual: 'off' }),
    kafkaTlsCaFile: optional(
      textSetting('KAFKA_TLS_CA_FILE', { about: "file with the certificates of Kafka's authority, PEM; without it the machine's own" }),
    ),
    kafkaTlsCertFile: optional(textSetting('KAFKA_TLS_CERT_FILE', { about: 'file with the certificate the service shows to Kafka, PEM' })),
    kafkaTlsKeyFile: optional(textSetting('KAFKA_TLS_KEY_FILE', { about: 'file with the key of that certificate, PEM' })),
    kafkaSaslMechanism: choiceSetting('KAFKA_SASL_MECHANISM', ['none', 'plain', 'scram-sha-256', 'scram-sha-512'], {
      about: 'how Kafka lets the service in',
      usual: 'none',
    }),
    kafkaUsername: optional(textSetting('KAFKA_USERNAME', { about: "the service's name for Kafka" })),
    kafkaPassword: optional(secretSetting('KAFKA_PASSWORD', { about: "the service's password for Kafka" })),
    kafkaTopicPrefix: textSetting('KAFKA_TOPIC_PREFIX', {
      about: 'stands before the name of each topic and group; for brokers that others use, too',
      usual: '',
    }),
    kafkaPartitions: integerSetting('KAFKA_PARTITIONS', { about: 'partitions of a topic when it is made', usual: 12, min: 1, max: 1_000 }),
    kafkaReplicationFactor: optional(
      integerSetting('KAFKA_REPLICATION_FACTOR', {
        about: 'copies of a topic when it is made; without it three, or as many as there are brokers',
        min: 1,
        max: 9,
      }),
    ),
    eventStoreUrl: urlSetting('EVENTSTORE_URL', {
      about: 'EventStoreDB or KurrentDB, esdb://user:password@host:2113',
      secret: true,
      protocols: ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'],
      severalHosts: true,
    }),
    mongodbUrl: urlSetting('MONGODB_URL', {
      about: 'MongoDB, a replica set, mongodb://user:password@host:27017/tocsin?replicaSet=rs0',
      secret: true,
      protocols: ['mongodb', 'mongodb+srv'],
      severalHosts: true,
    }),
    secretKey: checked(
      secretSetting('TOCSIN_SECRET_KEY', {
        about: 'signs links and encrypts stored secrets; newest first while rotating; the same for all services',
      }),
      secretKeyProblem,
    ),
    logLevel: choiceSetting('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      about: 'least level that is logged',
      usual: 'warn',
    }),
    ...heartbeatSchema,
    ...tracingSchema,
  }) as const;

export type ClusterSettings = Settings<ReturnType<typeof clusterSchema>>;

/** What oncall is told besides: it makes the first administrator. */
export const bootstrapSchema = {
  bootstrapApiKey: secretSetting('TOCSIN_BOOTSTRAP_API_KEY', { about: "the administrator's API key on a first start; never printed" }),
  bootstrapEmail: checked(
    textSetting('TOCSIN_BOOTSTRAP_EMAIL', { about: "the administrator's e-mail address on a first start", usual: 'admin@localhost' }),
    emailAddressProblem,
  ),
} as const;
