import { supportTimesOf } from '@tocsin/domain';
import type { AlertSource, SupportTimes } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';

/** The support hours that a source goes by; they may have been made a moment ago, elsewhere. @throws MessageBusFault */
export const supportTimesFor = async (source: AlertSource, configuration: ConfigurationReader): Promise<SupportTimes | undefined> =>
  source.supportHours === undefined ? undefined : configuration.surely(() => supportTimesOf(source, configuration));
