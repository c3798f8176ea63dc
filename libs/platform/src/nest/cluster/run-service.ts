import { runProgram } from '../../program';
import { startClusterService } from './cluster-service';
import type { ServiceDefinition } from './cluster-service';
import type { ClusterSettings } from './cluster-settings';

/** One replica of a service as a process. */
export const runService = <S extends ClusterSettings>(definition: ServiceDefinition<S>): Promise<void> =>
  runProgram({
    name: definition.name,
    readSettings: () => definition.readSettings(),
    start: (settings, log, tracing) => startClusterService(definition, settings, log, tracing === undefined ? {} : { tracing }),
  });
