import * as fc from 'fast-check';
import { parseLenientObject } from './lenient-json';

describe('an object that a shell script wrote', () => {
  it.each([
    ['{"a": CRITICAL}', { a: 'CRITICAL' }],
    ['{"a": 5 minutes, "b": 7}', { a: '5 minutes', b: 7 }],
    ['{"a": , "b": true}', { a: '', b: true }],
    ['{"a": line=1,file=/x, "b": null}', { a: 'line=1,file=/x', b: null }],
    ['{"a": "the "big" disk", "b": "x"}', { a: 'the "big" disk', b: 'x' }],
    ['{"a": "two\nlines"}', { a: 'two\nlines' }],
    ['{"a": "tab\\tand "quote\\""}', { a: 'tab\tand "quote"' }],
    ['{"a": "says \\"b\\": 1, then", "c": x,}', { a: 'says "b": 1, then', c: 'x' }],
    ['{"a": "{", "b": }', { a: '{', b: '' }],
  ])('is read as it was meant: %s', (text, meant) => {
    expect(parseLenientObject(text)).toEqual(meant);
  });

  it.each(['', '{}', '{', 'a": 1}', '[1]', '{a: 1}', '{x, "a": 1}'])('is not seen in %j', (text) => {
    expect(parseLenientObject(text)).toBeUndefined();
  });

  it('is not looked for in text without end', () => {
    expect(parseLenientObject(`{"a": ${'x'.repeat(300_000)}}`)).toBeUndefined();
    expect(parseLenientObject(`{${Array.from({ length: 201 }, (_, index) => `"f${index}": x`).join(', ')}}`)).toBeUndefined();
  });

  it('keeps every unquoted word that has neither quotes nor commas', () => {
    const word = fc.stringMatching(/^[A-Za-z%=/.][A-Za-z0-9 %=/.]{0,20}$/).map((text) => text.trim());
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), word, { minKeys: 1, maxKeys: 20, noNullPrototype: true }),
        (fields) => {
          const text = `{ ${Object.entries(fields)
            .map(([name, value]) => `"${name}" : ${value}`)
            .join(',\n  ')} }`;
          const read = parseLenientObject(text) ?? {};
          expect(Object.keys(read)).toEqual(Object.keys(fields));
          for (const [name, value] of Object.entries(fields)) if (!/^(true|false|null)$/.test(value)) expect(read[name]).toBe(value);
        },
      ),
    );
  });
});
