import { ValidationPipe } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, Length } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { invalidField, problem } from './problem';
import type { ProblemDetail, ProblemException } from './problem';

export type FieldProblem = ProblemDetail & { readonly field: string };

/**
 * Bodies against their classes. What the class does not know is left out in silence, since clients send back whole
 * resources with fields of their own.
 */
export class BodyValidation extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidUnknownValues: false,
      exceptionFactory: (errors) => validationProblem(fieldProblems(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (
      metadata.type === 'body' &&
      isClassOfOurs(metadata.metatype) &&
      value !== undefined &&
      (typeof value !== 'object' || value === null || Array.isArray(value))
    ) {
      throw invalidField('body', 'must be a JSON object');
    }
    if (metadata.type === 'body' && isClassOfOurs(metadata.metatype)) refuseBoundless(value);
    return super.transform(value, metadata);
  }
}

/** No resource comes near these. */
const DEEPEST_BODY = 64;
const MOST_VALUES = 40_000;

/**
 * The libraries that read bodies into classes walk all of what is sent, down the stack and before any limit of a list counts:
 * so long nobody else is answered. @throws ProblemException 400
 */
const refuseBoundless = (body: unknown): void => {
  let values = 0;
  let level: readonly unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length;
    if (depth > DEEPEST_BODY) throw invalidField('body', `must not be nested more than ${DEEPEST_BODY} levels deep`);
    if (values > MOST_VALUES) throw invalidField('body', `must not have more than ${MOST_VALUES} values`);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
};

/** May be missing or null, which means the same: clients write null for what they do not set. */
export const OptionalOrNull = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }) => value ?? undefined),
  );

/** The name of a resource. */
export const ResourceName = (): PropertyDecorator =>
  applyDecorators(IsString({ message: 'must be a text' }), Length(1, 255, { message: 'must be 1 to 255 characters' }));

/** Of a long list that is wrong throughout, whoever mends it needs the first ones. */
const MOST_PROBLEMS = 50;

export const validationProblem = (all: readonly FieldProblem[]): ProblemException => {
  const problems = all.slice(0, MOST_PROBLEMS);
  const left = all.length - problems.length;
  const told = [...problems.map(({ field, message }) => `${field}: ${message}`), ...(left === 0 ? [] : [`and ${left} more`])];
  return problem(400, 'VALIDATION_ERROR', told.join('; ') || 'the request is not valid', problems);
};

const builtIn: ReadonlySet<unknown> = new Set([Object, String, Number, Boolean, Array, Buffer, Date]);
const isClassOfOurs = (metatype: unknown): boolean => typeof metatype === 'function' && !builtIn.has(metatype);

const fieldProblems = (errors: readonly ValidationError[], parent = ''): readonly FieldProblem[] =>
  errors.flatMap(({ property, constraints, children = [] }) => {
    const field = pathOf(parent, property);
    const [message] = Object.values(constraints ?? {});
    const own = message === undefined ? [] : [{ field, message: withoutName(message, property) }];
    return [...own, ...fieldProblems(children, field)];
  });

const pathOf = (parent: string, property: string): string => {
  if (parent === '') return property;
  return /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
};

/** The library's own messages start with the field's name. */
const withoutName = (message: string, property: string): string =>
  message
    .replace(new RegExp(`^(each value in )?(nested property )?${property.replaceAll(/[^\w]/g, '\\$&')} `), (_whole, each?: string) =>
      each === undefined ? '' : 'each value ',
    )
    .replace(/^should not be empty$/, 'must not be empty');
