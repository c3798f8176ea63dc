import { markdown, section } from './sources';

const STATES = ['proven', 'there, without a test of its own', 'not there'];
const text = markdown('docs/complaints.md');
const sections = [
  ['A. Pages that are missed or dropped in silence', 1, 21],
  ['B. Pages that come twice', 22, 31],
  ['D. Escalation and answers', 41, 50],
  ['G. Chats', 68, 77],
  ['H. Telephone and text messages', 78, 83],
] as const;

interface Complaint {
  readonly number: number;
  readonly state: string;
  readonly tests: readonly (readonly [path: string, title: string])[];
}
const complaints = (heading: string): readonly Complaint[] =>
  section(text, heading)
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => {
      const [number, , state = '', , tests = ''] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return {
        number: Number(number),
        state,
        tests: [...tests.matchAll(/`([^`]+)`: `([^`]+)`/g)].map(([, path = '', title = '']) => [path, title] as const),
      };
    });

/** As a title begins in code: behind its quote. */
const isTitled = (path: string, title: string): boolean => ["'", '"', '`'].some((quote) => markdown(path).includes(`(${quote}${title}`));

describe.each(sections)('the complaints %s', (heading, first, last) => {
  const all = complaints(heading);

  it('are all there', () => {
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
  });

  it('have one of three states, and tests where they are proven', () => {
    expect(all.filter(({ state }) => !STATES.includes(state))).toEqual([]);
    expect(all.filter(({ state, tests }) => (state === 'proven') !== tests.length > 0)).toEqual([]);
  });

  it('name tests that are there, by the beginning of their titles', () => {
    expect(all.flatMap(({ tests }) => tests.filter(([path, title]) => !isTitled(path, title)))).toEqual([]);
  });
});
