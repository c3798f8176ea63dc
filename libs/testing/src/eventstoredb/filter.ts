import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { StoredRecord } from './record';
import { invalid } from './refusals';

export interface EventFilter {
  readonly matches: (record: StoredRecord) => boolean;
  /** A checkpoint follows every so many events looked at, whether they match or not. */
  readonly checkpointEvery: number;
}

const USUAL_WINDOW = 32;

export function filterOf(options: ReadReq.Options): EventFilter | undefined {
  const filter = options.getFilter();
  if (filter === undefined) {
    if (!options.hasNoFilter()) throw invalid('neither a filter nor no_filter');
    return undefined;
  }
  const byStream = filter.getStreamIdentifier();
  const byType = filter.getEventType();
  const expression = byStream ?? byType;
  if (expression === undefined) throw invalid('a filter without an expression');
  const matches = textFilter(expression.getRegex(), expression.getPrefixList());
  const window = filter.hasMax() ? filter.getMax() : USUAL_WINDOW;
  const multiplier = filter.getCheckpointintervalmultiplier();
  if (window <= 0 || multiplier <= 0) throw invalid('the checkpoint interval must be greater than 0');
  return {
    matches: (record) => matches(byStream === undefined ? record.type : record.stream),
    checkpointEvery: window * multiplier,
  };
}

function textFilter(regex: string, prefixes: readonly string[]): (text: string) => boolean {
  if (regex !== '') {
    const expression = new RegExp(regex, 'u');
    return (text) => expression.test(text);
  }
  if (prefixes.length === 0) throw invalid('a filter without a regular expression and prefixes');
  return (text) => prefixes.some((prefix) => text.startsWith(prefix));
}
