export { MongodbReadStore, type MongodbReadStoreOptions } from './mongodb-read-store';
