import type { NotificationMethod } from '@tocsin/domain';
import type { PlatformSettings } from '@tocsin/platform';

/** Methods that lead somewhere. */
export class ReachableMethods {
  constructor(private readonly settings: PlatformSettings) {}

  has(method: NotificationMethod): boolean {
    return this.settings.reachableMethods.has(method);
  }
}
