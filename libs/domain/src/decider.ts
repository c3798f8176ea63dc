/**
 * An aggregate or process as pure functions. `decide` may refuse (see `rejected`); `evolve` never does: history is history.
 * Time, ids, chance and other services' answers arrive inside the command.
 */
export interface Decider<Command, State, Event> {
  readonly initial: State;
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Event): State;
}

export const fold = <State, Event>(
  decider: Pick<Decider<never, State, Event>, 'initial' | 'evolve'>,
  events: Iterable<Event>,
  from: State = decider.initial,
): State => {
  let state = from;
  for (const event of events) state = decider.evolve(state, event);
  return state;
};

/**
 * Makes the compiler prove that every event is known, as `assertNever` does. One that a newer version wrote beside this one
 * changes nothing that this one knows of; it stays in the stream for whoever does (P12).
 */
export const passedOver = <State>(_event: never, state: State): State => state;

/** Makes the compiler prove that every case of a union is handled. */
export const assertNever = (value: never): never => {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
};
