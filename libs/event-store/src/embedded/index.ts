export { EmbeddedEventStore } from './embedded-event-store';
