// Makes one view of the cluster profile anew from the event store, beside the one that is read: `npm run rebuild -- <view>`.
// Services go on meanwhile; whoever writes the view continues from where the new one is.
import { EventStoreDbEventStore } from '../libs/event-store/dist/eventstoredb/index.js';
import { ProjectionRunner, views } from '../libs/read-models/dist/index.js';
import { MongodbReadStore } from '../libs/read-models/dist/mongodb/index.js';

const PROGRESS_EVERY_MS = 2_000;

const [, , name] = process.argv;
const projection = views.find((view) => view.name === name);
if (projection === undefined) refuse(`usage: npm run rebuild -- ${views.map((view) => view.name).join('|')}`);
const { EVENTSTORE_URL, MONGODB_URL } = process.env;
if (!EVENTSTORE_URL || !MONGODB_URL)
  refuse(
    'EVENTSTORE_URL and MONGODB_URL: must be set, as the services have them. The standalone makes its views anew when views.db is deleted while it is stopped.',
  );

const eventStore = new EventStoreDbEventStore({ url: EVENTSTORE_URL });
const readStore = new MongodbReadStore({ url: MONGODB_URL });
const runner = new ProjectionRunner({
  projection,
  eventStore,
  readStore,
  log: (entry) => {
    if (entry.message === 'event parked') console.error(`left out: ${entry.stream} at ${entry.position}: ${entry.error.message}`);
  },
});

let stopped = false;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    stopped = true;
    void runner.stop();
  });
}

const startedAt = performance.now();
const seconds = () => Math.max(0.001, (performance.now() - startedAt) / 1_000);
const rate = (events) => `${events} events, ${Math.round(events / seconds())} a second`;
let toldAt = startedAt;
let seen = 0;
try {
  await runner.rebuild(({ events }) => {
    seen = events;
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    console.log(`${name}: ${rate(events)}`);
  });
  await runner.stop();
  console.log(stopped ? `${name}: stopped, nothing has changed` : `${name}: made anew from ${rate(seen)}, in ${seconds().toFixed(1)} s`);
} catch (error) {
  console.error(`${name}: ${error.message}; nothing has changed, try again`);
  process.exitCode = 1;
} finally {
  await runner.stop();
  await readStore.close();
  await eventStore.close();
}

function refuse(line) {
  console.error(line);
  process.exit(2);
}
