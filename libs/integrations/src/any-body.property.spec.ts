import * as fc from 'fast-check';
import { LIMITS, boundedPayload, shortened } from './bounds';
import { integrations } from './registry';
import { mapped, refusalOf } from './testing/samples';

const json = fc.jsonValue();
const sometimes = (...likely: readonly unknown[]) => fc.oneof(...likely.map((value) => fc.constant(value)), json);
const texts = fc.oneof(fc.dictionary(fc.string(), fc.oneof(fc.string(), json)), json);
const fields = (model: Record<string, fc.Arbitrary<unknown>>) => fc.record(model, { requiredKeys: [] });

/** Bodies that nearly are what the tools send: right names, now and then right values. */
const nearly = fields({
  eventType: sometimes('ALERT', 'ACCEPT', 'RESOLVE', 'COMMENT'),
  summary: sometimes('s'),
  alertKey: json,
  labels: texts,
  customDetails: json,
  links: fc.oneof(fc.array(fields({ href: sometimes('https://a.example'), text: json })), json),
  version: json,
  status: fc.oneof(sometimes('firing', 'resolved'), fields({ reachable: sometimes(true, false), text: sometimes('reachable') })),
  state: sometimes('alerting', 'ok', 'paused', 'no_data', 'pending'),
  groupKey: sometimes('{}:{}'),
  truncatedAlerts: fc.oneof(sometimes(0, 3, { toString: [] }), json),
  groupLabels: texts,
  commonLabels: texts,
  commonAnnotations: texts,
  externalURL: sometimes('http://a.example', 'http://[', 'javascript:1'),
  ruleId: sometimes(7),
  tags: texts,
  evalMatches: fc.array(json),
  alerts: fc.oneof(
    fc.array(
      fields({
        status: fc.oneof({ weight: 9, arbitrary: fc.constantFrom<unknown>('firing', 'resolved') }, { weight: 1, arbitrary: json }),
        labels: texts,
        annotations: texts,
        startsAt: json,
        fingerprint: sometimes('f1'),
        generatorURL: json,
        imageURL: json,
      }),
    ),
    json,
  ),
  alert: sometimes('load'),
  chart: json,
  host: sometimes('web1'),
  severity: sometimes('critical', 'CLEAR', 'removed', 3),
  message: json,
  value: json,
});
const bodies = fc.oneof(
  nearly,
  json,
  fc.string(),
  nearly.map((body) => JSON.stringify(body)),
  fc.constant(undefined),
);

describe.each(integrations.map((integration) => [integration.slug, integration] as const))(
  'whatever is posted to %s',
  (_slug, integration) => {
    it('is mapped within the limits or refused as invalid, and never anything else', () => {
      fc.assert(
        fc.property(bodies, (body) => {
          const refusal = refusalOf(integration, body);
          if (refusal !== undefined) return expect(refusal).toMatch(/^invalid .+: ./s);
          for (const event of mapped(integration, body)) {
            expect(['ALERT', 'ACCEPT', 'RESOLVE', 'COMMENT']).toContain(event.eventType);
            if (event.eventType === 'ALERT') expect(event.summary?.trim()).toBeTruthy();
            expect((event.summary ?? '').length).toBeLessThanOrEqual(LIMITS.summary);
            expect((event.alertKey ?? '').length).toBeLessThanOrEqual(LIMITS.alertKey);
            expect(Object.keys(event.labels ?? {}).length).toBeLessThanOrEqual(LIMITS.labels);
            expect(JSON.stringify(event).length).toBeLessThan(1_000_000);
          }
        }),
        { numRuns: 500 },
      );
    });

    it('means the same every time and is left as it was', () => {
      fc.assert(
        fc.property(bodies, (body) => {
          const before = JSON.stringify(body);
          const once = refusalOf(integration, body) ?? mapped(integration, body);
          expect(refusalOf(integration, body) ?? mapped(integration, body)).toEqual(once);
          expect(JSON.stringify(body)).toBe(before);
        }),
      );
    });

    it('may be nested deeper than any stack', () => {
      const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      const body: unknown = JSON.parse(
        `{"eventType":"ALERT","summary":"s","status":"firing","groupKey":"k","alert":"a","severity":${integration.slug === 'api' ? 1 : '"critical"'},"customDetails":{"deep":${deep}},"odd":${deep}}`,
      );
      expect(refusalOf(integration, body)).toBeUndefined();
      expect(JSON.stringify(mapped(integration, body)).length).toBeLessThan(10_000);
    });
  },
);

describe('the registry', () => {
  it('has one tool per slug and per type', () => {
    expect(integrations.map(({ slug, type }) => `${slug} ${type}`)).toEqual([
      'api API',
      'prometheus PROMETHEUS',
      'grafana GRAFANA',
      'netdata NETDATA',
    ]);
  });
});

describe('a payload that is kept with its alert', () => {
  it('is kept whole when it is small', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 50 }), fc.jsonValue({ maxDepth: 5 })), (payload) => {
        expect(JSON.stringify(boundedPayload(payload))).toBe(JSON.stringify(payload));
      }),
    );
  });

  it('is never much larger than the limit', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.integer({ min: 0, max: 200 }), (payload, limit) => {
        // Quotes, backslashes and control characters grow when written; the bound is of characters.
        expect(JSON.stringify(boundedPayload(payload, limit)).replace(/\\u....|\\./g, '_').length).toBeLessThan(limit + 1_500);
      }),
    );
  });
});

describe('a text that is shortened', () => {
  it('fits, says so, and keeps whole characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 14, max: 100 }), (text, limit) => {
        const kept = shortened(text, limit);
        expect(kept.length).toBeLessThanOrEqual(limit);
        expect(kept === text || kept.endsWith('… (shortened)')).toBe(true);
        expect(Buffer.from(kept).toString()).toBe(kept);
      }),
    );
  });
});
