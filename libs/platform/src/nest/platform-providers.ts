import type { Provider } from '@nestjs/common';
import { Clock } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import { ReadStore } from '@tocsin/read-models';
import { ConfigurationStore } from '../configuration-store';
import { IdAllocator } from '../ids';
import { PathProbes } from '../path-probe/path-probes';
import type { Platform } from '../platform';
import { SecretBox } from '../secrets';
import { Views } from '../views';

/** The platform's parts under their own types, for the controllers of one module. */
export const platformProviders = (platform: Platform): Provider[] => [
  { provide: EventStore, useValue: platform.eventStore },
  { provide: MessageBus, useValue: platform.bus },
  { provide: ReadStore, useValue: platform.readStore },
  { provide: Clock, useValue: platform.clock },
  { provide: IdAllocator, useValue: platform.ids },
  { provide: ConfigurationReader, useValue: platform.configuration },
  { provide: ConfigurationStore, useValue: platform.configurationStore },
  { provide: SecretBox, useValue: platform.secrets },
  { provide: Views, useValue: platform.views },
  { provide: PathProbes, useValue: platform.pathProbes },
];
