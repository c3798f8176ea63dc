import { createStreamIdentifier } from '@eventstore/db-client/dist/utils';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { ReadReq } from '@eventstore/db-client/generated/streams_pb';

const { Options } = ReadReq;

export interface FollowOptions {
  /** Exclusive; `undefined` from the beginning. */
  readonly after: bigint | undefined;
  /** None mean every stream, and no checkpoints. */
  readonly prefixes: readonly string[];
  /** Of a server that is given prefixes: it looks through so many events at a time, and says after each time how far it is. */
  readonly window?: number;
}

/** From a revision on, oldest first. */
export function streamFrom(stream: string, from: number, most: number): ReadReq {
  const streamOptions = new Options.StreamOptions();
  streamOptions.setStreamIdentifier(createStreamIdentifier(stream));
  streamOptions.setRevision(String(from));
  const options = new Options();
  options.setStream(streamOptions);
  return page(options, Options.ReadDirection.FORWARDS, most);
}

export function lastOf(stream: string): ReadReq {
  const streamOptions = new Options.StreamOptions();
  streamOptions.setStreamIdentifier(createStreamIdentifier(stream));
  streamOptions.setEnd(new Empty());
  const options = new Options();
  options.setStream(streamOptions);
  return page(options, Options.ReadDirection.BACKWARDS, 1);
}

export function newestOfAll(): ReadReq {
  const allOptions = new Options.AllOptions();
  allOptions.setEnd(new Empty());
  const options = new Options();
  options.setAll(allOptions);
  return page(options, Options.ReadDirection.BACKWARDS, 1);
}

export function allAfter({ after, prefixes, window }: FollowOptions): ReadReq {
  const allOptions = new Options.AllOptions();
  if (after === undefined) allOptions.setStart(new Empty());
  else {
    const position = new Options.Position();
    position.setCommitPosition(String(after));
    position.setPreparePosition(String(after));
    allOptions.setPosition(position);
  }
  const options = new Options();
  options.setAll(allOptions);
  options.setSubscription(new Options.SubscriptionOptions());
  if (prefixes.length === 0) options.setNoFilter(new Empty());
  else options.setFilter(byStream(prefixes, window));
  return request(options);
}

function byStream(prefixes: readonly string[], window: number | undefined) {
  const expression = new Options.FilterOptions.Expression();
  expression.setPrefixList([...prefixes]);
  const filter = new Options.FilterOptions();
  filter.setStreamIdentifier(expression);
  if (window === undefined) filter.setCount(new Empty());
  else filter.setMax(window);
  filter.setCheckpointintervalmultiplier(1);
  return filter;
}

function page(options: ReadReq.Options, direction: ReadReq.Options.ReadDirection, most: number): ReadReq {
  options.setReadDirection(direction);
  options.setCount(String(most));
  options.setNoFilter(new Empty());
  return request(options);
}

function request(options: ReadReq.Options): ReadReq {
  const uuids = new Options.UUIDOption();
  uuids.setString(new Empty());
  options.setUuidOption(uuids);
  options.setResolveLinks(false);
  const asked = new ReadReq();
  asked.setOptions(options);
  return asked;
}
