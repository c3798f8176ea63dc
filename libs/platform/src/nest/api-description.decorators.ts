import { SetMetadata } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { AnswerName, AnswerOf } from '@tocsin/contracts/answer-shapes';
import type { ListInParts } from './lists-in-pieces';

/** JSON Schema as OpenAPI 3.0 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A query parameter, beside the handler that reads it. A test sees to it that each that is read is described, and the reverse. */
export interface QueryParameter {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly description?: string;
  readonly required?: boolean;
  /** Understood, but nobody needs to begin with it. */
  readonly deprecated?: boolean;
}

export interface OperationDescription {
  readonly summary: string;
  readonly query?: readonly QueryParameter[];
  /** Where the handler's own body class does not say it. */
  readonly body?: Type | JsonSchema;
  /** The body may be left out. */
  readonly bodyOptional?: boolean;
  /** The success, where it is not the one status that the handler always answers. */
  readonly statuses?: Readonly<Record<number, string>>;
  /** The shape of a success that has a body; in brackets, a list of it. */
  readonly answers?: Answers;
}

export type Answers = AnswerName | readonly [AnswerName];
type Answered<A extends Answers> = A extends readonly [infer Name extends AnswerName]
  ? readonly AnswerOf<Name>[] | ListInParts<AnswerOf<Name>>
  : A extends AnswerName
    ? AnswerOf<A>
    : never;

/** Only on a handler that returns what is described; undefined is an answer without a body. */
type HandlerDecorator<Value> = <Handler extends (...given: never[]) => Value | undefined | Promise<Value | undefined>>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

export const OPERATION = Symbol('operation');
export const CHAPTER = Symbol('chapter');

/** What a handler does, for the description of the API. Plain data: nothing is built from it before somebody asks. */
export const Describe = <const A extends Answers = never>(
  summary: string,
  more: Omit<OperationDescription, 'summary' | 'answers'> & { readonly answers?: A } = {},
): HandlerDecorator<[A] extends [never] ? void : Answered<A>> =>
  SetMetadata(OPERATION, { summary, ...more } satisfies OperationDescription);

/** The heading under which a controller's operations stand; otherwise the first word of their path. */
export const DescribedUnder = (chapter: string): ClassDecorator => SetMetadata(CHAPTER, chapter);

const INTEGER: JsonSchema = { type: 'integer' };
const ID: JsonSchema = { type: 'integer', format: 'int64', minimum: 1 };

/** What `readPage` reads. */
export const pageParameters = ({ usual, cap }: { readonly usual: number; readonly cap: number }): readonly QueryParameter[] => [
  { name: 'start-index', schema: { ...INTEGER, minimum: 0, default: 0 }, description: 'How many to leave out first' },
  {
    name: 'max-results',
    schema: { ...INTEGER, minimum: 0, maximum: cap, default: usual },
    description: 'More than the maximum is refused',
  },
];

/** What `readInclude` reads. */
export const includeParameter = (choices: readonly string[]): QueryParameter => ({
  name: 'include',
  schema: { type: 'array', items: { type: 'string', enum: choices } },
  description: 'Repeatable: what the answer has only when asked for it',
});

/** What `readText` and `readOneOf` read. */
export const textParameter = (
  name: string,
  description: string,
  more: Omit<QueryParameter, 'name' | 'schema'> & { readonly choices?: readonly string[] } = {},
): QueryParameter => {
  const { choices, ...rest } = more;
  return { name, schema: { type: 'string', ...(choices === undefined ? {} : { enum: choices }) }, description, ...rest };
};

/** What `readLanguage` reads. */
export const languageParameter = (of: string): QueryParameter => textParameter('lang', of, { choices: ['en', 'de'] });

/** What `readMany` and `readManyOf` read. */
export const manyParameter = (name: string, description: string, choices?: readonly string[]): QueryParameter => ({
  name,
  schema: { type: 'array', items: { type: 'string', ...(choices === undefined ? {} : { enum: choices }) } },
  description,
});

/** What `readIds` reads. */
export const idsParameter = (name: string, description: string): QueryParameter => ({
  name,
  schema: { type: 'array', items: ID },
  description,
});

/** What `readId` reads. */
export const idParameter = (name: string, description: string): QueryParameter => ({ name, schema: ID, description });

/** What `readFlag` reads. */
export const flagParameter = (name: string, description: string): QueryParameter => ({ name, schema: { type: 'boolean' }, description });

/** What `readInstant` reads. */
export const timeParameter = (name: string, description: string): QueryParameter => ({
  name,
  schema: { type: 'string', format: 'date-time' },
  description,
});

/** The older name of a parameter, which still does the same. */
export const olderName = (name: string, parameter: QueryParameter): QueryParameter => ({
  ...parameter,
  name,
  description: `The older name of ${parameter.name}`,
  deprecated: true,
});
