import type { MappedEvent, ToolEventType } from '@tocsin/contracts';
import type { AlertPriority } from '@tocsin/domain';
import { firstText, invalid, isPayload, textOf, textsOf, webLinks } from '../payload';
import type { Payload } from '../payload';

const LISTED_MATCHES = 100;

/** `metric = value` of every series that broke the rule. */
const matchesText = (evalMatches: unknown): string =>
  (Array.isArray(evalMatches) ? (evalMatches as readonly unknown[]) : [])
    .filter(isPayload)
    .slice(0, LISTED_MATCHES)
    .map((match) => `- ${firstText(match.metric, 'value')} = ${firstText(match.value, 'no value')}`)
    .join('\n');

/** Grafana 8 and older: one rule, one state. */
export const legacyEvent = (body: Payload, eventType: ToolEventType, priority: AlertPriority | undefined): MappedEvent => {
  const rule = firstText(body.ruleId, body.ruleName);
  if (rule === '') throw invalid('ruleId', 'is required; send the webhook body unchanged');
  const name = firstText(body.ruleName, `rule ${rule}`);
  return {
    eventType,
    summary: firstText(body.title, `[${textOf(body.state)}] ${name}`),
    details: [textOf(body.message), matchesText(body.evalMatches)].filter((part) => part !== '').join('\n\n'),
    alertKey: `grafana-${firstText(body.orgId, '1')}-${rule}`,
    links: webLinks(body.ruleUrl, 'Grafana'),
    images: webLinks(body.imageUrl, '').map(({ href }) => ({ src: href, alt: name })),
    labels: textsOf(body.tags, 'tags'),
    customDetails: body,
    ...(priority === undefined ? {} : { priority }),
  };
};
