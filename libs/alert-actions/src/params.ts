import { rejected } from '@tocsin/domain';
import type { Rejection } from '@tocsin/domain';
import Ajv from 'ajv';
import type { ErrorObject } from 'ajv';

export type Params = Readonly<Record<string, unknown>>;

/** The settings of one kind, as JSON Schema of its properties; unknown ones are refused by name (B6). */
export interface ParamsDefinition {
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  /** Encrypted where they are stored, and shown to those alone who may change them. */
  readonly secret: readonly string[];
  /**
   * What the schema cannot say: refuses, or gives them completed. `before`: as they are, of something that is replaced.
   * @throws Rejection `invalid`
   */
  complete?(params: Params, before: Params | undefined): Promise<Params>;
}

/** @throws Rejection `invalid` naming the field */
export const checkedParams = async (definition: ParamsDefinition, sent: unknown, before: Params | undefined): Promise<Params> => {
  const params = withoutEmpty(sent ?? {});
  const validate = validatorOf(definition);
  if (!validate(params)) throw refusal(validate.errors?.[0]);
  return definition.complete === undefined ? (params as Params) : definition.complete(params as Params, before);
};

/** A setting that must be mended. */
export const invalidParam = (field: string, fix: string): Rejection =>
  rejected('invalid', `params.${field}: ${fix}`, { field: `params.${field}`, message: fix });

const ajv = new Ajv({ allErrors: false, strict: false });
const validators = new WeakMap<ParamsDefinition, ReturnType<typeof ajv.compile>>();

const validatorOf = (definition: ParamsDefinition) => {
  const known = validators.get(definition);
  if (known !== undefined) return known;
  const { properties, required } = definition;
  const validate = ajv.compile({ type: 'object', properties, required, additionalProperties: false });
  validators.set(definition, validate);
  return validate;
};

/** Clients send null, empty texts and empty lists for what they do not set. */
const withoutEmpty = (sent: unknown): unknown =>
  typeof sent !== 'object' || sent === null || Array.isArray(sent)
    ? sent
    : Object.fromEntries(
        Object.entries(sent).filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)),
      );

const refusal = (error: ErrorObject | undefined): Rejection => {
  const path = (error?.instancePath ?? '').split('/').slice(1);
  const field = path.reduce((before, part) => (/^\d+$/.test(part) ? `${before}[${part}]` : before === '' ? part : `${before}.${part}`), '');
  const within = (name: string): string => (field === '' ? name : `${field}.${name}`);
  switch (error?.keyword) {
    case 'required':
      return invalidParam(within((error.params as { missingProperty: string }).missingProperty), 'is required');
    case 'additionalProperties': {
      const name = within((error.params as { additionalProperty: string }).additionalProperty);
      const why = 'has no effect with this type: leave it out';
      return rejected('setting-without-effect', `params.${name}: ${why}`, { field: `params.${name}`, message: why });
    }
    case 'enum':
      return invalidParam(field, `must be one of ${(error.params as { allowedValues: readonly string[] }).allowedValues.join(', ')}`);
    default:
      return field === ''
        ? rejected('invalid', 'params: must be an object', { field: 'params' })
        : invalidParam(field, error?.message ?? 'is not valid');
  }
};
