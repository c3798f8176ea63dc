import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { JsonSchema } from './api-description.decorators';

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** What each rule of a body class says in JSON Schema; one that is not here stops the description instead of getting lost in it. */
const keywords: Readonly<Record<string, (constraints: readonly unknown[]) => JsonSchema>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isDefined: () => ({}),
  isNotEmpty: () => ({}),
  isIn: ([choices]) => ({ enum: choices }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isLength: ([minLength, maxLength]) => ({ minLength, ...(maxLength === undefined ? {} : { maxLength }) }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  matches: ([pattern]) => ({ pattern: pattern instanceof RegExp ? pattern.source : String(pattern) }),
};

export const isBodyClass = (type: unknown): type is Type => typeof type === 'function' && rulesOf(type as Type).length > 0;

/**
 * Schemas of body classes, from the very rules that validate them: a field is described if and only if it is read.
 * @throws Error for a rule that it cannot put into words, and for two classes of one name that say different things
 */
export class BodySchemas {
  private readonly byName = new Map<string, { readonly type: Type; readonly schema: JsonSchema }>();

  /** A reference to the schema of a class; it and all that it nests are in `all` from now on. */
  reference(type: Type): JsonSchema {
    const name = this.nameOf(type);
    if (!this.byName.has(name)) {
      // Before its fields, since one of them may be of this class again.
      this.byName.set(name, { type, schema: {} });
      this.byName.set(name, { type, schema: this.schemaOf(type) });
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(
      [...this.byName].sort(([one], [other]) => one.localeCompare(other)).map(([name, { schema }]) => [name, schema]),
    );
  }

  /** Several services have a class `IdReference`. */
  private nameOf(type: Type, nth = 1): string {
    const name = nth === 1 ? type.name : `${type.name}${nth}`;
    const taken = this.byName.get(name);
    if (taken === undefined || taken.type === type || JSON.stringify(taken.schema) === JSON.stringify(this.schemaOf(type))) return name;
    return this.nameOf(type, nth + 1);
  }

  private schemaOf(type: Type): JsonSchema {
    const rules = rulesOf(type);
    const fields = [...new Set(rules.map(({ propertyName }) => propertyName))].map((field) => {
      // The rules of a field are remembered from the last decorator to the first.
      const own = rules.filter(({ propertyName }) => propertyName === field).toReversed();
      return {
        field,
        optional: own.some(isCondition),
        schema: this.fieldSchema(
          type,
          field,
          own.filter((rule) => !isCondition(rule)),
        ),
      };
    });
    const required = fields.filter(({ optional }) => !optional).map(({ field }) => field);
    return {
      type: 'object',
      properties: Object.fromEntries(fields.map(({ field, schema, optional }) => [field, optional ? orNull(schema) : schema])),
      ...(required.length === 0 ? {} : { required }),
    };
  }

  private fieldSchema(type: Type, field: string, rules: readonly Rule[]): JsonSchema {
    const whole: Record<string, unknown> = {};
    const each: Record<string, unknown> = {};
    for (const rule of rules) {
      Object.assign(rule.each ? each : whole, rule.type === 'nestedValidation' ? this.nested(type, rule) : keywordsOf(type, rule));
    }
    const description = rules
      .map(({ message }) => message)
      .find((message) => typeof message === 'string' && !message.includes('$property'));
    if (Object.keys(each).length > 0)
      return { ...whole, type: 'array', items: each, ...(description === undefined ? {} : { description }) };
    // Beside a reference nothing else counts in OpenAPI 3.0.
    const { $ref, ...rest } = whole;
    return { ...($ref === undefined ? rest : { allOf: [{ $ref }] }), ...(description === undefined ? {} : { description }) };
  }

  /** Which class a nested object becomes is asked of what makes it: there is no other public way to know. */
  private nested(type: Type, { propertyName: field, each }: Rule): JsonSchema {
    const made = plainToInstance(type, { [field]: each ? [{}] : {} }) as Readonly<Record<string, unknown>>;
    const of = [made[field]].flat()[0]?.constructor as Type | undefined;
    if (!isBodyClass(of)) throw new Error(`${type.name}.${field} is validated as nested and does not say of which class it is`);
    return this.reference(of);
  }
}

const rulesOf = (type: Type): readonly Rule[] =>
  getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .filter(({ propertyName }) => propertyName !== undefined);

const isCondition = (rule: Rule): boolean => rule.type === 'conditionalValidation';

const keywordsOf = (type: Type, { name, propertyName, constraints }: Rule): JsonSchema => {
  const keyword = keywords[name ?? ''];
  if (keyword === undefined) throw new Error(`${type.name}.${propertyName}: the API description has no words for the rule ${name}`);
  return keyword(constraints ?? []);
};

/** Clients write null for what they do not set. */
const orNull = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  nullable: true,
  ...(Array.isArray(schema['enum']) ? { enum: [...schema['enum'], null] } : {}),
});
