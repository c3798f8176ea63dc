import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instant } from '@tocsin/domain';
import type { NewEvent } from '@tocsin/event-store';
import type { OutgoingMessage } from '@tocsin/messaging';

const MESSAGES = join(__dirname, 'golden');
const EVENTS = join(__dirname, '../../../libs/event-store/src/golden');

/** Topics of which messages are kept. */
export const goldenTopics: readonly string[] = readdirSync(MESSAGES).toSorted();

/** `<type>@<version>` of every file of this topic. */
export const goldenNames = (topic: string): readonly string[] =>
  readdirSync(join(MESSAGES, topic))
    .map((file) => file.replace(/\.json$/, ''))
    .toSorted();

/** What a release has said, message by message, as it stood on the bus. */
export const golden = (topic: string, name: string): readonly OutgoingMessage[] =>
  JSON.parse(readFileSync(join(MESSAGES, topic, `${name}.json`), 'utf8')) as readonly OutgoingMessage[];

/** `<type>@<version>` of every stored event that there is a file of. */
export const goldenEvents: readonly string[] = readdirSync(EVENTS).map((file) => file.replace(/\.json$/, ''));

/** Events as a release has stored them: one for each example in the file. */
export const goldenEvent = (name: string): readonly NewEvent[] => {
  const { type, schemaVersion, examples } = JSON.parse(readFileSync(join(EVENTS, `${name}.json`), 'utf8')) as GoldenEvents;
  return examples.map((data, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    type,
    data,
    metadata: {
      schemaVersion,
      time: instant(1_767_603_600_000),
      actor: { type: 'system', part: 'golden' },
      correlationId: 'c',
      causationId: 'd',
    },
  }));
};

interface GoldenEvents {
  readonly type: string;
  readonly schemaVersion: number;
  readonly examples: readonly unknown[];
}
