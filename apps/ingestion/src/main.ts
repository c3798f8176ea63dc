process.env['TZ'] = 'UTC';
import { runService } from '@tocsin/platform/nest';
import { ingestionService } from './service';

void runService(ingestionService);
