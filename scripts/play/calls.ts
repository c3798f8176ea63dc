import type { Call } from '@tocsin/testing';
import { Arrivals } from './arrivals.ts';
import { telephoneNetworks } from './outside.ts';
import type { Outside } from './outside.ts';
import type { Person } from './ready-world.ts';

export interface ShownCall {
  readonly id: string;
  readonly at: number;
  /** Of the other side. */
  readonly number: string;
  readonly via: string;
  readonly status: Call['status'];
  readonly isOver: boolean;
  readonly listens: boolean;
  /** What was said and done, in its order. */
  readonly lines: readonly { readonly isMine: boolean; readonly text: string }[];
}

/** What somebody does with a call besides pressing a key. */
const doings: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  'pick up': (call) => call.pickUp(),
  machine: (call) => call.pickUp('machine'),
  decline: (call) => call.endWith('busy'),
  'hang up': (call) => call.hangUp(),
};

/** So long it takes to say something. */
const MS_PER_CHARACTER = 60;

/** Calls to everybody's telephone. They ring, and listen for a key, for as long as a real network would let them. */
export class Calls {
  private readonly outside: Outside;
  private readonly arrivals = new Arrivals();
  /** Where nobody may do anything until what was done has had its effect. */
  private readonly busy = new Set<string>();

  constructor(outside: Outside) {
    this.outside = outside;
  }

  /** Oldest first. */
  of({ number }: Person): readonly ShownCall[] {
    const calls = telephoneNetworks(this.outside).flatMap(({ via, network }) => network.callsTo(number).map((call) => ({ via, call })));
    const shown = calls.map(({ via, call }) => ({
      ...{ id: call.order.sid, at: this.arrivals.of(call.order.sid), number: call.order.from, via, status: call.status },
      ...{ isOver: call.isOver, listens: call.listensSec !== undefined },
      lines: linesOf(call),
    }));
    return shown.sort((one, other) => one.at - other.at);
  }

  /** A key, or something else that is done with a call. Answers whether that can be done now. */
  async do({ number }: Person, id: string, does: string): Promise<boolean> {
    const calls = telephoneNetworks(this.outside).flatMap(({ network }) => network.callsTo(number));
    const call = calls.find(({ order }) => order.sid === id);
    const doing = /^[\d*#]$/.test(does) ? (each: Call) => each.press(does) : doings[does];
    if (call === undefined || doing === undefined) return false;
    return this.act(call, doing);
  }

  /** What happens to calls that nobody does anything with. */
  passTime(): void {
    const calls = telephoneNetworks(this.outside).flatMap(({ network }) => network.calls);
    for (const call of calls.filter(({ isOver }) => !isOver)) {
      const patienceMs = call.status === 'ringing' ? call.order.ringSec * 1_000 : listeningMs(call);
      const sinceMs = Date.now() - this.arrivals.of(`${call.order.sid} ${call.status} ${call.transcript.length}`);
      if (sinceMs < patienceMs) continue;
      void this.act(call, (each) => (each.status === 'ringing' ? each.endWith('no-answer') : each.wait()));
    }
  }

  private async act(call: Call, doing: (call: Call) => Promise<unknown>): Promise<boolean> {
    const { sid } = call.order;
    if (this.busy.has(sid)) return false;
    this.busy.add(sid);
    try {
      await doing(call);
      return true;
    } catch (error) {
      // The other side may have ended it in this moment.
      console.error(`play: ${String(error)}`);
      return false;
    } finally {
      this.busy.delete(sid);
    }
  }
}

const listeningMs = (call: Call): number =>
  call.listensSec === undefined ? Infinity : call.listensSec * 1_000 + call.heard.join(' ').length * MS_PER_CHARACTER;

const linesOf = ({ transcript }: Call): ShownCall['lines'] =>
  transcript.map((entry) => {
    switch (entry.type) {
      case 'said':
        return { isMine: false, text: entry.text };
      case 'picked up':
        return { isMine: true, text: entry.by === 'human' ? 'picked up' : 'the answering machine picked up' };
      case 'pressed':
        return { isMine: true, text: `pressed ${entry.key}` };
      case 'waited':
        return { isMine: true, text: 'pressed nothing' };
      case 'ended':
        return { isMine: true, text: `ended: ${entry.status}` };
    }
  });
