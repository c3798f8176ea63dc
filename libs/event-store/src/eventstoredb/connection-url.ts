export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const CREDENTIALS = /^esdb(?:\+discover)?:\/\/([^:@/?]+):([^@]+)@/;
const WITHOUT_TLS = /[?&]tls=false(&|$)/i;

/**
 * What is given with every append. The client gives an append with credentials of its own a call of its own; all others of a
 * process share one call, whose failure fails them all, and an answer that comes after such a failure ends the process.
 * Without TLS the client leaves credentials out, so any will do.
 *
 * @throws TypeError without a user where TLS is on
 */
export function appendCredentials(url: string): Credentials {
  const [, username, password] = CREDENTIALS.exec(url) ?? [];
  if (username !== undefined && password !== undefined) {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  }
  if (WITHOUT_TLS.test(url)) return { username: 'nobody', password: '-' };
  throw new TypeError('EVENTSTORE_URL needs a user: esdb://<user>:<password>@<host>:<port>, or ?tls=false where there is no TLS');
}
