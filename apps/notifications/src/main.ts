process.env['TZ'] = 'UTC';
import { runService } from '@tocsin/platform/nest';
import { notificationsService } from './service';

void runService(notificationsService);
