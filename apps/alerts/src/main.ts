process.env['TZ'] = 'UTC';
import { runService } from '@tocsin/platform/nest';
import { alertsService } from './service';

void runService(alertsService);
