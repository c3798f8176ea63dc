import type { ToldOnce } from './standalone';

/** What a person at the terminal needs to begin. */
export const announceFirstStart = (
  { generatedApiKey, signInUrl, integrationKey, publicUrl }: ToldOnce,
  say: (line: string) => void,
): void => {
  if (generatedApiKey !== undefined) say(`admin API key (shown once): ${generatedApiKey}`);
  say(`sign in (works once, for an hour): ${signInUrl}`);
  say('raise an alert:');
  say(
    `  curl -X POST ${publicUrl}/api/events -H 'Content-Type: application/json' -d '{"integrationKey":"${integrationKey}","eventType":"ALERT","summary":"disk full on db1","alertKey":"disk-db1"}'`,
  );
  say(`then look at ${publicUrl}/outbox`);
};
