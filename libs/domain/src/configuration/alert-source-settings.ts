import { invalidSetting, withoutEffect } from './refusals';

/** Settings of the public API that nothing acts on yet. Clients send all of them, empty; one that is set is refused (B6). */
const withoutEffectYet = [
  ...['summaryTemplate', 'detailsTemplate', 'routingTemplate', 'textTemplate', 'linkTemplates', 'priorityTemplate', 'severityTemplate'],
  ...['servicesTemplate', 'alertKeyTemplate', 'eventFilter', 'eventTypeFilterCreate', 'eventTypeFilterAccept', 'eventTypeFilterResolve'],
  ...['scoreThreshold', 'services', 'autoCreateServices'],
  ...['heartbeat', 'emailFiltered', 'emailResolveFiltered', 'emailPredicates', 'emailResolvePredicates', 'resolveKeyExtractor'],
  ...['autotaskMetadata', 'bidirectional'],
] as const;

/** Older clients send these on every source, whatever its type, and take their absence in the answer for a change. */
const echoed = ['filterOperator', 'resolveFilterOperator'] as const;
const operators: readonly unknown[] = ['AND', 'OR'];

/** @throws Rejection `setting-without-effect` */
export const refuseSettingsWithoutEffect = (sent: Readonly<Record<string, unknown>>): void => {
  for (const field of withoutEffectYet) if (!isEmpty(sent[field])) throw withoutEffect(field, 'does nothing yet: leave it out');
};

/** @throws Rejection `invalid` */
export const echoedSettings = (sent: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    echoed.flatMap((field) => {
      const value = sent[field];
      if (isEmpty(value)) return [];
      if (!operators.includes(value)) throw invalidSetting(field, 'must be AND or OR');
      return [[field, value]];
    }),
  );

/** Nothing is set: also by a stub with no id, or by a template without elements. */
const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false || value === 0) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.values(value).every(isEmpty);
};
