import type { Correlation } from '@tocsin/channels';
import type { CallId, CallLine } from '@tocsin/domain';
import { Bundles } from '../bundles/bundles';

/** What a call is to tell. */
export class CalledPages {
  constructor(private readonly bundles: Bundles) {}

  /** In the order in which they are told; none when there was no such call. @throws EventStoreFault */
  async of({ stream, attempt }: Correlation): Promise<readonly CallId[]> {
    if (!Bundles.isBundle(stream)) return [{ notification: stream, attempt }];
    const bundled = await this.bundles.read({ stream, attempt });
    return (bundled?.pages ?? []).map((page) => ({ notification: page.notification, attempt: page.attempt }));
  }
}

/** Which of them the line is taken in the name of; undefined when it is another call's, or nobody's. */
export const lineHolder = ({ current }: CallLine, pages: readonly CallId[]): CallId | undefined =>
  pages.find(({ notification, attempt }) => current?.notification === notification && current.attempt === attempt);
