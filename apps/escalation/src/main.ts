process.env['TZ'] = 'UTC';
import { runService } from '@tocsin/platform/nest';
import { escalationService } from './service';

void runService(escalationService);
