import { toIso } from '@tocsin/domain';
import type { ToldAlert } from './action-kind';

const LONGEST_DETAILS = 20_000;
const MOST_LINKS = 20;

/** An alert as people read it elsewhere, line by line. */
export const alertLines = ({ id, details, source, priority, reportTime, url, links }: ToldAlert): readonly string[] => [
  ...(details === undefined || details === '' ? [] : [details.slice(0, LONGEST_DETAILS), '']),
  `Alert #${id} of ${source.name}, ${priority} priority, reported at ${toIso(reportTime)}`,
  url,
  ...links.slice(0, MOST_LINKS).map(({ href, text }) => (text === undefined ? href : `${text}: ${href}`)),
];
