/** Cut at a whole character and marked as cut, to so many UTF-16 units. Never empty: chats refuse that as well. */
export const shortened = (text: string, most: number): string => {
  const written = text.trim() === '' ? '–' : text;
  return written.length <= most ? written : `${whole(written.slice(0, most - 1))}…`;
};

/** Without the half of a character that a cut left at the end. */
export const whole = (text: string): string => (/[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text);

/** One line: a header has no other. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
