import type { User } from '@tocsin/domain';
import type { Call } from '@tocsin/testing';
import { activated, step } from '../facts';
import { ANSWER, AT_LAST, PAGE, paged, someone, targetOf } from './story';
import type { Stage, Story } from './story';

const CALL = [...PAGE, 'append calls CallPlaced', 'send by twilio', 'publish notification-commands', 'append calls CallEnded'] as const;
/** A telephone that may be ringing is not called once more for so long. */
const RINGS_AGAIN = '1m';
/** Thirty seconds in all. After a crash one of these passes again, and not longer than a telephone rings. */
const WAITS_FOR_OTHERS = ['10s', '10s', '10s'] as const;

/** Whatever the network asks and tells, it asks and tells again until it is answered. */
const networkInsists = (stage: Stage): void => {
  const { network } = stage.installation.providers;
  network.insists = async (post) => {
    const answers: Awaited<ReturnType<typeof post>>[] = [];
    await stage.isAnswered(async () => {
      const answer = await post();
      answers.push(answer);
      return answer;
    });
    return answers.at(-1) as (typeof answers)[number];
  };
};

/** Does the same with every call, until nobody calls any more. */
const withEveryCall = async (stage: Stage, person: User, does: (call: Call) => Promise<unknown>): Promise<void> => {
  const { network } = stage.installation.providers;
  const ringing = (): readonly Call[] => network.callsTo(targetOf(person, 'phone')).filter(({ status }) => status === 'ringing');
  do {
    for (let [call] = ringing(); call !== undefined; [call] = ringing()) {
      await does(call);
      await stage.settles();
    }
    await stage.passes(RINGS_AGAIN);
  } while (ringing().length > 0);
};

const accept = async (call: Call): Promise<unknown> => {
  await call.pickUp();
  return call.isOver ? undefined : call.press('1');
};
const isOfActivation = ({ order: { url } }: Call, activation: number): boolean =>
  new URL(url).searchParams.get('stream')?.split('-')[2] === String(activation);

export const callStories: readonly Story[] = [
  {
    name: 'a call that nobody picks up has the e-mail sent that was planned for later',
    has: [...CALL, 'append notification NotificationBroughtForward', 'append notification NotificationFailed', 'send by smtp'],
    person: someone(['VOICE', 0], ['EMAIL', 30]),
    tell: async (stage, person) => {
      networkInsists(stage);
      await paged(stage, person);
      await withEveryCall(stage, person, (call) => call.endWith('no-answer'));
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'a page waits until the telephone rings no more, and is answered by a key',
    has: [
      ...CALL,
      ...['append calls CallAwaited', 'append notification NotificationHeld', 'append notification NotificationBroughtForward'],
      ...['append calls CallAnswered', 'append notification Delivered'],
      ...ANSWER,
    ],
    person: someone(['VOICE', 0]),
    tell: async (stage, person) => {
      networkInsists(stage);
      await paged(stage, person);
      await activatedAgain(stage, person);
      await withEveryCall(stage, person, (call) => (isOfActivation(call, 1) ? call.endWith('no-answer') : accept(call)));
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'what is too much is told in one call, and all of it accepted by one key',
    has: [
      ...PAGE,
      ...['append pace PagePaced', 'append notification NotificationHeld', 'append pace BundleClosed', 'append bundle PagesBundled'],
      ...CALL.slice(PAGE.length),
      ...['append calls CallAnswered', 'append notification Delivered'],
      ...ANSWER,
    ],
    person: someone(['VOICE', 0]),
    tell: async (stage, person) => {
      networkInsists(stage);
      const [voice] = person.alertPreferences;
      if (voice !== undefined) await stage.installation.hasHadEnough(person, voice);
      await paged(stage, person);
      await paged(stage.another(), person);
      for (const time of WAITS_FOR_OTHERS) await stage.passes(time);
      await withEveryCall(stage, person, accept);
      await stage.passes(AT_LAST);
    },
  },
];

const activatedAgain = async (stage: Stage, { id }: User): Promise<void> => {
  await stage.happens(activated(step(1), 2, id));
  await stage.settles();
};
