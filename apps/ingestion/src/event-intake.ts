import { createHmac } from 'node:crypto';
import { topics } from '@tocsin/contracts';
import type { MappedEvent, PathProbe, ToolEvent } from '@tocsin/contracts';
import { Clock, laneOf, rejected, Rejection } from '@tocsin/domain';
import type { AlertSource, IntegrationType } from '@tocsin/domain';
import { api, integrationBySlug, mapApiEvent, netdataChallengeAnswer, parseApiEvent } from '@tocsin/integrations';
import type { IntegrationRequest } from '@tocsin/integrations';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import type { OutgoingMessage } from '@tocsin/messaging';
import { hashSecret, newUuid } from '@tocsin/platform';
import type { Counter, Metrics, PlatformSettings } from '@tocsin/platform';
import type { PathProbeIntake } from './path-probe-intake';

export interface Taken {
  readonly correlationId: string;
  /** Of the first event, as the tool gave it. */
  readonly alertKey?: string;
  /** Where the alert will be the newest one: it is opened after the answer, and has no address yet. */
  readonly alertUrl: string;
}

const LONGEST_CHALLENGE = 1_024;

/**
 * Takes tools' events: checks the key, maps the payload, makes the result durable on the bus. It knows nothing of alerts
 * and needs the bus alone, so that events are taken while every other server is down.
 */
export class EventIntake {
  private readonly received: Counter<'integration' | 'outcome'>;

  constructor(
    private readonly parts: {
      readonly bus: MessageBus;
      readonly configuration: ConfigurationReader;
      readonly clock: Clock;
      readonly settings: Pick<PlatformSettings, 'publicUrl'>;
      readonly metrics: Metrics;
      readonly probes: PathProbeIntake;
    },
  ) {
    this.received = parts.metrics.counter({
      name: 'tocsin_intake_requests_total',
      help: 'Requests of tools, by what was answered; a group of alerts is one.',
      labels: ['integration', 'outcome'],
    });
  }

  /** A plain event with its key in the body. @throws Rejection, MessageBusFault */
  takePlain(body: unknown): Promise<Taken> {
    return this.counted(api.type, () => this.plain(body));
  }

  private async plain(body: unknown): Promise<Taken> {
    const event = parseApiEvent(body);
    const key = event.integrationKey ?? event.apiKey ?? '';
    if (key.trim() === '')
      throw rejected('invalid', 'integrationKey: is required; send the key of an alert source', { field: 'integrationKey' });
    return this.take(await this.sourceOf(key), api.type, [mapApiEvent(event)]);
  }

  /** A tool's own payload, posted to `/api/events/<slug>/<key>`. @throws Rejection, MessageBusFault */
  takeFrom(slug: string, key: string, request: IntegrationRequest): Promise<Taken> {
    if (this.parts.probes.isFor(slug, key)) return this.probe(request.body as PathProbe);
    const integration = integrationBySlug(slug);
    return this.counted(integration?.type ?? 'unknown', () => this.fromTool(slug, integration, key, request));
  }

  private async probe(probe: PathProbe): Promise<Taken> {
    return { correlationId: await this.parts.probes.take(probe), alertUrl: '' };
  }

  private async fromTool(
    slug: string,
    integration: ReturnType<typeof integrationBySlug>,
    key: string,
    request: IntegrationRequest,
  ): Promise<Taken> {
    if (integration === undefined) throw rejected('not-found', `there is no integration "${slug}"`, { field: 'integration' });
    const source = await this.sourceOf(key);
    return this.take(source, integration.type, integration.map(request));
  }

  /**
   * Netdata Cloud asks a webhook to prove that it knows a secret before it sends anything. The secret to enter there is the
   * integration key: nothing else has to be kept. @throws Rejection
   */
  async answerChallenge(slug: string, key: string, token: string | undefined): Promise<{ readonly response_token: string }> {
    if (slug.toLowerCase() !== 'netdata')
      throw rejected('not-found', `the integration "${slug}" has no challenge`, { field: 'integration' });
    if (token === undefined || token === '' || token.length > LONGEST_CHALLENGE) {
      throw rejected('invalid', `crc_token: must be 1 to ${LONGEST_CHALLENGE} characters`, { field: 'crc_token' });
    }
    await this.sourceOf(key);
    return netdataChallengeAnswer(token, (text) => createHmac('sha256', key.trim()).update(text).digest('base64'));
  }

  private async counted(integration: string, take: () => Promise<Taken>): Promise<Taken> {
    let outcome = 'unavailable';
    try {
      const taken = await take();
      outcome = 'taken';
      return taken;
    } catch (error) {
      if (error instanceof Rejection) outcome = error.code === 'not-found' ? 'unknown-key' : 'refused';
      throw error;
    } finally {
      this.received.inc({ integration, outcome });
    }
  }

  private async sourceOf(key: string): Promise<AlertSource> {
    const hash = hashSecret(key);
    const source = await this.parts.configuration.surely(() => this.parts.configuration.find('source', 'integrationKeyHash', hash));
    if (source === undefined)
      throw rejected('not-found', 'there is no alert source with this integration key', { field: 'integrationKey' });
    return source;
  }

  private async take(source: AlertSource, integrationType: IntegrationType, events: readonly MappedEvent[]): Promise<Taken> {
    const correlationId = newUuid();
    const receivedAt = this.parts.clock.now();
    const sourceRevision = this.parts.configuration.revision('source', source.id);
    const messages = events.map((event): OutgoingMessage<ToolEvent> => {
      const id = events.length === 1 ? correlationId : newUuid();
      return {
        id,
        key: laneOf(source, event.alertKey),
        type: 'ToolEvent',
        schemaVersion: 1,
        time: receivedAt,
        correlationId,
        causationId: id,
        data: { ...event, sourceId: source.id, sourceRevision, integrationType, receivedAt },
      };
    });
    if (messages.length > 0) await this.parts.bus.publish(topics.toolEvents, messages);
    const alertKey = events[0]?.alertKey;
    return {
      correlationId,
      alertUrl: `${this.parts.settings.publicUrl}/api/alerts?sources=${source.id}`,
      ...(alertKey === undefined ? {} : { alertKey }),
    };
  }
}
