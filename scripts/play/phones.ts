import type { ReceivedPush } from '@tocsin/testing';
import { Arrivals } from './arrivals.ts';
import type { Outside } from './outside.ts';
import { OUR_NUMBER, telephoneNetworks } from './outside.ts';
import type { Person } from './ready-world.ts';

export interface ShownText {
  readonly id: string;
  readonly at: number;
  readonly isMine: boolean;
  /** Of the other side. */
  readonly number: string;
  readonly text: string;
  readonly via: string;
  /** What the provider told of it last; empty where it tells nothing. */
  readonly receipt: string;
}

export interface ShownPush extends Omit<ReceivedPush, 'url' | 'actions'> {
  readonly id: string;
  readonly at: number;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
}

type Written = Omit<ShownText, 'receipt'>;

const GATEWAY = 'gateway';

/** Everybody's telephone: what arrives there by whichever provider, and what its owner does with it. */
export class Phones {
  private readonly outside: Outside;
  private readonly arrivals = new Arrivals();
  private readonly written: (Written & { readonly person: number })[] = [];
  private readonly dismissed = new Set<string>();

  constructor(outside: Outside) {
    this.outside = outside;
  }

  /** Oldest first. */
  textsOf({ id: person, number }: Person): readonly ShownText[] {
    const { gateway } = this.outside;
    const received = [
      ...telephoneNetworks(this.outside).flatMap(({ via, network }) =>
        network.textsTo(number).map(({ sid, from, text }) => ({
          ...{ id: sid, number: from, text, via },
          receipt: network.told.get(sid) ?? '',
        })),
      ),
      ...gateway.textsTo(number).map((text, index) => ({
        ...{ id: `${GATEWAY}-${number}-${index}`, number: '', text, via: GATEWAY },
        receipt: '',
      })),
    ].map((text) => ({ ...text, isMine: false, at: this.arrivals.of(text.id) }));
    const written = this.written.filter((each) => each.person === person).map((each) => ({ ...each, receipt: '' }));
    return [...received, ...written].sort((one, other) => one.at - other.at);
  }

  /** Newest first, without those that were answered. */
  pushesOf(person: Person): readonly ShownPush[] {
    return person.device.received
      .map(({ title, body, tag, actions }, index) => ({
        ...{ id: `${person.id}-${index}`, title, body, tag },
        actions: actions.map(({ action, title: label }) => ({ action, title: label })),
      }))
      .map((push) => ({ ...push, at: this.arrivals.of(`push-${push.id}`) }))
      .filter(({ id }) => !this.dismissed.has(id))
      .reverse();
  }

  /** Texts to the product. Resolves with what comes back at once, which may be nothing. */
  async write(person: Person, text: string): Promise<string> {
    const { network } = this.outside;
    const mine = { person: person.id, number: OUR_NUMBER, via: 'twilio' };
    this.written.push({ ...mine, id: `written-${this.written.length}`, at: Date.now(), isMine: true, text });
    const said = await network.telephone(person.number).reply(text, OUR_NUMBER);
    if (said !== '') this.written.push({ ...mine, id: `written-${this.written.length}`, at: Date.now(), isMine: false, text: said });
    return said;
  }

  /** Presses a button of a notification, as the page's worker does. Resolves with what the product says. */
  async press(person: Person, pushId: string, action: string): Promise<string | undefined> {
    const push = person.device.received[Number(pushId.split('-')[1])];
    const url = push?.actions.find((each) => each.action === action)?.url;
    if (url === undefined) return undefined;
    const answered = await fetch(url, { method: 'POST', headers: { accept: 'application/json' } });
    this.dismissed.add(pushId);
    return ((await answered.json()) as { readonly text: string }).text;
  }

  dismiss(pushId: string): void {
    this.dismissed.add(pushId);
  }
}
