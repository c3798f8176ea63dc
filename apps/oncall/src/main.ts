process.env['TZ'] = 'UTC';
import { runService } from '@tocsin/platform/nest';
import { oncallService } from './service';

void runService(oncallService);
