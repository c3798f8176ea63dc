import { answerShapes } from './index';
import { listOf, maybe, object, orNull, text, whole, words } from './shape';

interface Book {
  readonly title: string;
  readonly pages?: number;
  readonly state: 'READ' | 'UNREAD' | null;
}

describe('the shape of an object', () => {
  it('has each field of its type, and needs those that are never absent', () => {
    const { schema } = object<Book>({ title: text, pages: maybe(whole), state: orNull(words('READ', 'UNREAD')) });
    expect(schema).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string' },
        pages: { type: 'integer' },
        state: { type: 'string', enum: ['READ', 'UNREAD'], nullable: true },
      },
      required: ['title', 'state'],
    });
  });

  it('does not compile with a field too few, too many, of another type, or absent where it never is', () => {
    const state = orNull(words('READ'));
    const shapes = [
      // @ts-expect-error a field is missing
      object<Book>({ title: text, state }),
      // @ts-expect-error a field that there is not
      object<Book>({ title: text, pages: maybe(whole), state, author: text }),
      // @ts-expect-error another type
      object<Book>({ title: whole, pages: maybe(whole), state }),
      // @ts-expect-error a list in place of one
      object<Book>({ title: listOf(text), pages: maybe(whole), state }),
      // @ts-expect-error never absent
      object<Book>({ title: maybe(text), pages: maybe(whole), state }),
      // @ts-expect-error may be absent
      object<Book>({ title: text, pages: whole, state }),
      // @ts-expect-error any text is more than these words
      object<Book>({ title: text, pages: maybe(whole), state: text }),
    ];
    expect(shapes).toHaveLength(7);
  });
});

describe('the shapes of answers', () => {
  it('stand under the names by which they refer to each other', () => {
    for (const [name, { schema }] of Object.entries(answerShapes)) expect(schema).toEqual({ $ref: `#/components/schemas/${name}` });
  });
});
