import { evolveNotification, initialNotification, isFinal } from '@tocsin/domain';
import type { AlertId, Notification, NotificationEvent, User } from '@tocsin/domain';
import type { StoredEvent } from '@tocsin/event-store';
import type { Installation } from './installation';
import type { End } from './life';
import type { Received } from './providers';
import type { Stage, Story } from './story';

/** An attempt that was on record without an outcome when a process ended. */
interface Interrupted {
  readonly stream: string;
  readonly attempt: number;
  /** The message with which the provider had been asked. */
  readonly called: string | undefined;
}

/** What there is to be seen of a story that was told once. */
export interface Told {
  readonly received: readonly Received[];
  /** How each notification ended, in words, by its stream with the alert's place in the story. */
  readonly ends: ReadonlyMap<string, string>;
  /** What is on record of the alerts. */
  readonly alert: readonly string[];
  /** Notifications with an attempt, or an end, that is marked as possibly a duplicate. */
  readonly marked: readonly string[];
  readonly interrupted: readonly (Interrupted & {
    /** Its provider said later what had come of it. */
    readonly hasReceipt: boolean;
  })[];
  /** Of each process that told a part of it. */
  readonly calls: readonly (readonly string[])[];
}

let alerts = 0;

/** Tells the story in a process that ends at the first point; the next one at the second, and so on. The last one goes on. */
export const tell = async (installation: Installation, story: Story, person: User, points: readonly End[]): Promise<Told> => {
  const about: AlertId[] = [];
  const ends = [...points];
  const interrupted: Interrupted[] = [];
  const calls: (readonly string[])[] = [];
  installation.providers.recover();
  const [first] = ends;
  // One that goes on from the telling before has taken its ids.
  if (first === undefined || first.call.startsWith('append idblock') || installation.life.isOver) {
    await installation.end();
    await installation.begin();
  }
  await installation.settle();
  // It is at rest when the story begins.
  installation.life.watch(ends.shift());

  const oneMore = (): AlertId => {
    const alertId = (alerts += 1) as AlertId;
    about.push(alertId);
    return alertId;
  };
  const planned = async (): Promise<ReadonlyMap<string, readonly StoredEvent[]>> =>
    new Map((await Promise.all(about.map((alertId) => installation.notifications(alertId, person)))).flatMap((streams) => [...streams]));
  const goOn = async (): Promise<boolean> => {
    if (!installation.life.isOver) return false;
    calls.push(installation.life.calls);
    await installation.end();
    interrupted.push(...interruptedIn(await planned(), installation));
    await installation.begin(ends.shift());
    return true;
  };
  const surely = async (part: () => Promise<void>): Promise<void> => {
    await part();
    while (await goOn()) await part();
  };
  const stage = (alertId: AlertId): Stage => ({
    installation,
    alertId,
    another: () => stage(oneMore()),
    happens: (...events) => installation.happens(alertId, ...events),
    settles: () => surely(() => installation.settle()),
    passes: async (time) => {
      await installation.clock.advance(time);
      while (await goOn()) await installation.clock.advance(time);
    },
    isAnswered: async (call) => {
      for (let isHeard = false; !isHeard;) {
        const { life } = installation;
        const status = await call().then(
          (answer) => answer.status,
          () => 0,
        );
        if (status >= 200 && status < 300) life.aroundAtOnce('answer', () => (isHeard = true));
        else if (!life.isOver) throw new Error(status === 0 ? 'nobody answers' : `answered ${status}`);
        await goOn();
      }
    },
  });
  await story.tell(stage(oneMore()), person);
  calls.push(installation.life.calls);
  const streams = await planned();
  const alert = await Promise.all(about.map((alertId) => installation.alertEvents(alertId)));
  return {
    received: installation.received(about),
    ends: new Map([...streams].map(([stream, events]) => [withoutAlert(stream, about), endOf(events)])),
    alert: alert.flat().map(({ type }) => type),
    marked: [...streams].flatMap(([stream, events]) => (events.some(isMarked) ? [stream] : [])),
    interrupted: interrupted.map((each) => ({ ...each, hasReceipt: isEndedByReceipt(streams.get(each.stream) ?? [], each.attempt) })),
    calls,
  };
};

/** By which of the story's alerts it is about, since each telling has others. */
const withoutAlert = (stream: string, about: readonly AlertId[]): string =>
  stream.replace(/^notification-(\d+)-/, (_start, alertId: string) => `notification-of-${about.indexOf(Number(alertId) as AlertId)}-`);

const stateOf = (events: readonly StoredEvent[]): Notification =>
  events.map(({ type, data }) => ({ type, data }) as NotificationEvent).reduce(evolveNotification, initialNotification);

const endOf = (events: readonly StoredEvent[]): string => {
  const state = stateOf(events);
  const words: readonly unknown[] = [
    state.status,
    ...('reason' in state ? [state.reason] : []),
    ...('provider' in state ? [state.provider] : []),
    ...(isFinal(state) ? [] : ['and nothing more']),
  ];
  return words.join(' ');
};

const isMarked = ({ data }: StoredEvent): boolean => {
  const { possiblyDuplicate = false, possiblyHandedOver = false } = data as Readonly<Record<string, boolean>>;
  return possiblyDuplicate || possiblyHandedOver;
};

/** Nothing was tried again, and nobody had to guess. */
const isEndedByReceipt = (events: readonly StoredEvent[], attempt: number): boolean => {
  const after = events.slice(
    events.findIndex(({ type, data }) => type === 'AttemptStarted' && (data as { attempt: number }).attempt === attempt) + 1,
  );
  const isGuess = ({ type }: StoredEvent): boolean => type === 'AttemptStarted' || type === 'NotificationCancelled';
  return !after.some(isGuess) && after.some(({ type }) => type === 'Delivered' || type === 'NotificationFailed');
};

const interruptedIn = (streams: ReadonlyMap<string, readonly StoredEvent[]>, { handed }: Installation): readonly Interrupted[] =>
  [...streams].flatMap(([stream, events]) => {
    const state = stateOf(events);
    if (state.status !== 'attempting') return [];
    const { attempts: attempt } = state;
    const called = handed.find((each) => each.stream === stream && each.attempt === attempt)?.message;
    return [{ stream, attempt, called }];
  });
