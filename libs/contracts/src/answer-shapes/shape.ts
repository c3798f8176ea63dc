type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema, as OpenAPI 3.0 has it, of values of the type `T`: the compiler keeps the two together. */
export interface Shape<T> {
  readonly schema: JsonSchema;
  /** Never set: it says to the compiler of what this is the shape. */
  readonly of?: T;
}

/** One that the description shows under its name. */
export interface NamedShape<T> extends Shape<T> {
  readonly whole: JsonSchema;
}

/** Of a field that may be absent. */
export interface OptionalShape<T> {
  readonly optional: Shape<T>;
}

type Field<T, Key extends keyof T> = Record<never, never> extends Pick<T, Key> ? OptionalShape<Exclude<T[Key], undefined>> : Shape<T[Key]>;
type Fields<T> = { readonly [Key in keyof T]-?: Field<T, Key> };

export const text: Shape<string> = { schema: { type: 'string' } };
export const time: Shape<string> = { schema: { type: 'string', format: 'date-time' } };
export const flag: Shape<boolean> = { schema: { type: 'boolean' } };
export const whole: Shape<number> = { schema: { type: 'integer' } };
export const id: Shape<number> = { schema: { type: 'integer', format: 'int64' } };
/** Whatever it is. */
export const anything: Shape<unknown> = { schema: {} };
export const openObject: Shape<Readonly<Record<string, unknown>>> = { schema: { type: 'object', additionalProperties: true } };
export const textsByName: Shape<Readonly<Record<string, string>>> = {
  schema: { type: 'object', additionalProperties: { type: 'string' } },
};

export const words = <const Word extends string>(...choices: readonly Word[]): Shape<Word> => ({
  schema: { type: 'string', enum: choices },
});

export const listOf = <T>(item: Shape<T>): Shape<readonly T[]> => ({ schema: { type: 'array', items: item.schema } });

export const eitherOf = <One, Other>(one: Shape<One>, other: Shape<Other>): Shape<One | Other> => ({
  schema: { anyOf: [one.schema, other.schema] },
});

/** Beside a reference nothing else counts in OpenAPI 3.0. */
export const orNull = <T>({ schema }: Shape<T>): Shape<T | null> => ({
  schema: '$ref' in schema ? { nullable: true, allOf: [schema] } : { ...schema, nullable: true },
});

export const maybe = <T>(shape: Shape<T>): OptionalShape<T> => ({ optional: shape });

/** Each field of `T`, none left out and none made up. */
export const object = <T>(fields: Fields<T>): Shape<T> => {
  const each = Object.entries(fields as Readonly<Record<string, Shape<unknown> | OptionalShape<unknown>>>);
  const required = each.flatMap(([name, field]) => ('optional' in field ? [] : [name]));
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(each.map(([name, field]) => [name, 'optional' in field ? field.optional.schema : field.schema])),
      ...(required.length === 0 ? {} : { required }),
    },
  };
};

export const named = <T>(name: string, { schema }: Shape<T>): NamedShape<T> => ({
  whole: schema,
  schema: { $ref: `#/components/schemas/${name}` },
});
