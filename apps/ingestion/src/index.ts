export * from './ingestion.module';
export { ingestionService } from './service';
