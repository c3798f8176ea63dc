export { NtfyService } from './ntfy-service';
