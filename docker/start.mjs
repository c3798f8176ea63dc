// What the container runs, in this very process: the first process of a container has nobody who would pass signals on.
// `docker run IMAGE` is the standalone, `docker run IMAGE alerts` that service.
const programs = ['standalone', 'ingestion', 'alerts', 'escalation', 'oncall', 'notifications'];
const [name = 'standalone', ...others] = process.argv.slice(2);

if (!programs.includes(name) || others.length > 0) {
  console.error(`tocsin: give one of ${programs.join(', ')}`);
  process.exit(2);
}

// The first process is not ended by a signal unless it listens. Until the program does so itself, there is nothing to finish.
for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
]) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(code);
  });
}

// In a container one variable says the port of every program.
if (name === 'standalone') process.env.TOCSIN_PORT ||= process.env.PORT;
await import(`../apps/${name}/dist/main.js`);
