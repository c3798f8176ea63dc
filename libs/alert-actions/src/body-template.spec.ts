import { instant, Rejection } from '@tocsin/domain';
import type { AlertActionId } from '@tocsin/domain';
import type { ActionCall } from './action-kind';
import { filledTemplate, refuseBadTemplate } from './body-template';

const call: ActionCall = {
  trigger: 'alert-created',
  actionId: 11 as AlertActionId,
  alertRevision: 0,
  deliveryId: 'd',
  at: instant(0),
  possiblyDone: false,
  params: {},
  connectorParams: {},
  alert: {
    ...{ id: 7, status: 'PENDING', summary: 'say "x"\n<b>', priority: 'HIGH', reportTime: instant(0), url: 'u', links: [] },
    source: { id: 1, name: 'S' },
  },
};
const refusal = (template: string): unknown => {
  try {
    refuseBadTemplate('bodyTemplate', template);
    return undefined;
  } catch (error) {
    return error instanceof Rejection ? error.message : error;
  }
};

describe('a template', () => {
  it('is filled with texts that are escaped for JSON, or as they are', () => {
    expect(filledTemplate('{"a":"{{alertSummary}}"}', call, { json: true })).toBe('{"a":"say \\"x\\"\\n<b>"}');
    expect(filledTemplate('{{{alertSummary}}}', call, { json: true })).toBe('say "x"\n<b>');
    expect(filledTemplate('{{alertSummary}} {{alertKey}}|', call, { json: false })).toBe('say "x"\n<b> |');
  });
  it('has sections for what is there, and for what is not', () => {
    expect(filledTemplate('{{#alertKey}}k{{/alertKey}}{{^alertKey}}none{{/alertKey}}', call, { json: false })).toBe('none');
  });
  it('runs no code, whatever it names', () => {
    expect(refusal('{{constructor}}')).toMatch(/^params\.bodyTemplate: \{\{constructor}} is unknown/);
    expect(refusal('{{alertSummary.constructor}}')).toMatch(/is unknown/);
    expect(refusal('{{#alertSummary}}{{__proto__}}{{/alertSummary}}')).toMatch(/is unknown/);
  });
  it.each([
    ['{{alertSumary}}', /alertSumary}} is unknown: it can be alertId, alertKey/],
    ['{{>other}}', /no other templates/],
    ['{{#alertKey}}', /cannot be read: Unclosed section/],
    ['{{alertId}}'.repeat(201), /at most 200 tags/],
  ])('is refused with what must be mended: %.20s', (template, message) => expect(refusal(template)).toMatch(message));
  it.each(['plain', '{{! said aside }}', '{{=<% %>=}}<% alertId %>', '{{#alertKey}}{{alertKey}}{{/alertKey}}'])('may be %s', (template) =>
    expect(refusal(template)).toBeUndefined(),
  );
});
