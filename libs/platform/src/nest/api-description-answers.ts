import type { AnswerName } from '@tocsin/contracts/answer-shapes';
import type { Answers, JsonSchema } from './api-description.decorators';

/** Each by its name: what a reference to it says, and the whole of it. */
export type AnswerShapes = Readonly<Record<AnswerName, { readonly schema: JsonSchema; readonly whole: JsonSchema }>>;

/** Schemas of what is answered: those that are named, and those that they name. */
export class AnswerSchemas {
  private readonly used = new Set<AnswerName>();

  constructor(private readonly shapes: AnswerShapes) {}

  reference(answers: Answers): JsonSchema {
    const name = typeof answers === 'string' ? answers : answers[0];
    this.use(name);
    const { schema } = this.shapes[name];
    return typeof answers === 'string' ? schema : { type: 'array', items: schema };
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.used].sort().map((name) => [name, this.shapes[name].whole]));
  }

  private use(name: AnswerName): void {
    if (this.used.has(name)) return;
    this.used.add(name);
    for (const [, inner] of JSON.stringify(this.shapes[name].whole).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      this.use(inner as AnswerName);
  }
}
