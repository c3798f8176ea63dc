import type { Call } from './call';
import type { CallBackAnswer } from './call-back';

export interface ReceivedText {
  readonly sid: string;
  /** The number that it came from. */
  readonly from: string;
  readonly text: string;
}

/** What the owner of a telephone does with a call that comes. */
export type Subscriber = (call: Call) => Promise<unknown>;

/** What somebody does in a call, one after the other: a key, nothing for as long as keys are listened for, or hanging up. */
export type InCall = `${number}` | '*' | '#' | 'wait' | 'hang up';

/** What a telephone needs of its network. */
export interface TelephoneLines {
  textsTo(number: string): readonly ReceivedText[];
  sendText(text: { readonly from: string; readonly to: string; readonly body: string; readonly sid?: string }): Promise<CallBackAnswer>;
  callsTo(number: string): readonly Call[];
  whenCalled(number: string, does: Subscriber): void;
  call(from: string, to: string): Promise<Call>;
}

/** Somebody's telephone: what was texted to it, who called it, and what its owner does. */
export class Telephone {
  constructor(
    private readonly network: TelephoneLines,
    readonly number: string,
  ) {}

  /** Oldest first. */
  get texts(): readonly string[] {
    return this.received.map(({ text }) => text);
  }

  get received(): readonly ReceivedText[] {
    return this.network.textsTo(this.number);
  }

  /** The code in the newest text, or in the newest one that has these words. */
  code(about = ''): string {
    const text = this.texts.findLast((each) => each.includes(about) && /\bACK [A-Z]\d+/.test(each));
    const code = /\bACK ([A-Z]\d+)/.exec(text ?? '')?.[1];
    if (code === undefined) throw new Error(`no code was texted to ${this.number}`);
    return code;
  }

  /** Answers the newest text, or texts to this number. Resolves with what comes back at once, which may be nothing. */
  async reply(body: string, to = this.received.at(-1)?.from ?? '', sid?: string): Promise<string> {
    const { status, text } = await this.network.sendText({ from: this.number, to, body, ...(sid === undefined ? {} : { sid }) });
    if (status !== 200) throw new Error(`the text was answered ${status}`);
    const said = /<Message>([\s\S]*)<\/Message>/.exec(text)?.[1] ?? '';
    return said.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
  }

  /** Oldest first. */
  get calls(): readonly Call[] {
    return this.network.callsTo(this.number);
  }

  /** The newest. */
  get call(): Call {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error(`nobody called ${this.number}`);
    return call;
  }

  /** What its owner does with each call from now on; until told, it rings for as long as nobody does anything with the call. */
  whenCalled(does: Subscriber): void {
    this.network.whenCalled(this.number, does);
  }

  /** Picks up each call from now on and does this in it, as far as the call lasts. */
  picksUp(...does: readonly InCall[]): void {
    this.whenCalled(async (call) => {
      await call.pickUp();
      for (const next of does) await (call.isOver ? undefined : doIn(call, next));
    });
  }

  /** Calls one of our numbers. */
  async dial(to: string): Promise<Call> {
    return this.network.call(this.number, to);
  }
}

const doIn = async (call: Call, does: InCall): Promise<unknown> => {
  if (does === 'wait') return call.wait();
  return does === 'hang up' ? call.hangUp() : call.press(does);
};
