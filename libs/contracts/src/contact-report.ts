import type { Instant, PushDeviceId, UserId } from '@tocsin/domain';

/** `PushDeviceGone` version 1, topic `contact-reports`: the push service of a device does not know it any more. */
export interface PushDeviceGone {
  readonly userId: UserId;
  readonly deviceId: PushDeviceId;
  readonly at: Instant;
}
