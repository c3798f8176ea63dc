import { SHORTEST_RETENTION_DAYS } from '@tocsin/domain';
import { checked, integerSetting } from '@tocsin/platform';

const problemOf = (days: number): string | undefined =>
  days === 0 || days >= SHORTEST_RETENTION_DAYS
    ? undefined
    : `must be 0 or at least ${SHORTEST_RETENTION_DAYS}: a tool's event can come again for a week`;

export const retentionSetting = checked(
  integerSetting('TOCSIN_RETENTION_DAYS', {
    about: 'days that resolved alerts are kept before they go to the archive; 0 keeps all',
    usual: 400,
    min: 0,
    max: 36_500,
  }),
  problemOf,
);
