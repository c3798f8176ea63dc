import type { Standalone } from './standalone';

/** What a person at the terminal sees: once what they need to begin, and at every start where it serves. */
export const announce = ({ url, firstStart, platform }: Standalone, say: (line: string) => void): void => {
  if (firstStart !== undefined) {
    const base = platform.settings.publicUrl;
    if (firstStart.generatedApiKey !== undefined) say(`admin API key (shown once): ${firstStart.generatedApiKey}`);
    say(`sign in (works once, for an hour): ${firstStart.signInUrl}`);
    say('raise an alert:');
    say(
      `  curl -X POST ${base}/api/events -H 'Content-Type: application/json' -d '{"integrationKey":"${firstStart.integrationKey}","eventType":"ALERT","summary":"disk full on db1","alertKey":"disk-db1"}'`,
    );
    say(`then look at ${base}/outbox`);
  }
  say(`tocsin ready ${url}`);
};
