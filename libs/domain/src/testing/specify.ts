import { fold, type Decider } from '../decider';
import { Rejection, type RejectionCode } from '../rejection';

/** What came of the commands after `when`; each ending is an assertion. */
export interface Outcome<State, Event> {
  /** Exactly these events, in this order. */
  then(...expected: readonly Event[]): void;
  thenNothing(): void;
  thenRefused(code: RejectionCode): void;
  /** The state after everything, for a fact that no event shows. */
  thenState(check: (state: State) => void): void;
  /** Only the types of the events, where their content is another test's fact. */
  thenTypes(...expected: readonly string[]): void;
}

export interface Situation<Command, State, Event> {
  /** All commands but the last are part of the situation; what the last one decides is looked at. */
  when(...commands: readonly [Command, ...Command[]]): Outcome<State, Event>;
}

/**
 * A specification over events: `const given = specify(alertDecider)`, then
 * `given(raised(), accepted(ana)).when(accept(ben)).then(responderAccepted(ben))`.
 */
export const specify =
  <Command, State, Event extends { readonly type: string }>(decider: Decider<Command, State, Event>) =>
  (...events: readonly Event[]): Situation<Command, State, Event> => ({
    when: (...commands) => {
      const decide = (): { readonly state: State; readonly decided: readonly Event[] } => {
        let state = fold(decider, events);
        let decided: readonly Event[] = [];
        for (const command of commands) {
          decided = decider.decide(command, state);
          state = fold(decider, decided, state);
        }
        return { state, decided };
      };
      return {
        then: (...expected) => expect(decide().decided).toEqual(expected),
        thenNothing: () => expect(decide().decided).toEqual([]),
        thenState: (check) => check(decide().state),
        thenTypes: (...expected) => expect(decide().decided.map(({ type }) => type)).toEqual(expected),
        thenRefused: (code) => expect(codeOf(decide)).toBe(code),
      };
    },
  });

const codeOf = (decide: () => unknown): string => {
  try {
    decide();
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
  return 'not refused';
};
