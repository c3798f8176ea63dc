export { rebuildEqualsLive } from './rebuild-equals-live';
