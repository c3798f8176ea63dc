import type { CallBackAnswer, Form } from './call-back';
import { BadTwiml, verbsOf } from './twiml';
import type { Gather, Said, Verb } from './twiml';

/** As the network's API says it. */
export type CallStatus = 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled';

export type HeardOrDone =
  | { readonly type: 'said'; readonly text: string; readonly language: string; readonly voice: string }
  | { readonly type: 'picked up'; readonly by: 'human' | 'machine' }
  | { readonly type: 'pressed'; readonly key: string }
  /** Nothing was pressed for as long as keys were listened for. */
  | { readonly type: 'waited' }
  | { readonly type: 'ended'; readonly status: CallStatus };

/** What a call needs of its network. */
export interface CallNetwork {
  /** Signed, as everything is that it posts. */
  ask(url: string, form: Form): Promise<CallBackAnswer>;
  /** Tells what has become of the call, if it is to be told. */
  tellStatus(call: Call): Promise<void>;
}

export interface CallOrder {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'outbound-api' | 'inbound';
  /** Asked what to do when somebody picks up. */
  readonly url: string;
  readonly statusCallback?: string;
  /** Whether it is told who picked up; with `DetectMessageEnd` a machine has said its own first. */
  readonly machineDetection?: 'Enable' | 'DetectMessageEnd';
  /** So long it would ring. */
  readonly ringSec: number;
}

const MOST_REDIRECTS = 10;
const FAULT: Said = {
  verb: 'Say',
  text: 'We are sorry, an application error has occurred. Goodbye.',
  language: 'en-US',
  voice: 'Polly.Joanna',
};

/**
 * One call. It rings until somebody does something with it; each thing that is done resolves when the network waits for the
 * next one, or when the call is over. No time passes here: whoever holds the telephone says when it has rung or waited long enough.
 */
export class Call {
  status: CallStatus = 'ringing';
  /** Everything, in its order. */
  readonly transcript: HeardOrDone[] = [];
  /** What was wrong with what it was told to do. */
  readonly faults: string[] = [];
  private question: { readonly gather: Gather; readonly after: readonly Verb[]; readonly url: string } | undefined;
  private url: string;

  constructor(
    private readonly network: CallNetwork,
    readonly order: CallOrder,
  ) {
    this.url = order.url;
  }

  /** All that was said. */
  get said(): readonly string[] {
    return this.transcript.flatMap((entry) => (entry.type === 'said' ? [entry.text] : []));
  }

  /** What was said since the last thing that was done. */
  get heard(): readonly string[] {
    const done = this.transcript.findLastIndex(({ type }) => type !== 'said' && type !== 'ended');
    return this.transcript.slice(done + 1).flatMap((entry) => (entry.type === 'said' ? [entry.text] : []));
  }

  get isOver(): boolean {
    return this.status !== 'ringing' && this.status !== 'in-progress';
  }

  /** For how long a key is waited for; undefined when none is. */
  get listensSec(): number | undefined {
    return this.question?.gather.timeoutSec;
  }

  /** Where the key that is waited for is told, or the last one was. */
  get keyUrl(): string {
    return this.url;
  }

  async pickUp(by: 'human' | 'machine' = 'human'): Promise<this> {
    this.mustBe('ringing');
    this.status = 'in-progress';
    this.transcript.push({ type: 'picked up', by });
    const machine = this.order.machineDetection === 'DetectMessageEnd' ? 'machine_end_beep' : 'machine_start';
    const answeredBy: Form = this.order.machineDetection === undefined ? {} : { AnsweredBy: by === 'human' ? 'human' : machine };
    return this.goOn(this.order.url, answeredBy);
  }

  async press(key: string): Promise<this> {
    const { gather } = this.mustListen();
    if (key.length !== gather.numDigits || !/^[\d*#]+$/.test(key)) throw new Error(`${key} is not ${gather.numDigits} keys`);
    this.transcript.push({ type: 'pressed', key });
    return this.goOn(this.url, { Digits: key, FinishedOnKey: '' });
  }

  /** Presses nothing until nobody listens any more. */
  async wait(): Promise<this> {
    const { after, url } = this.mustListen();
    this.transcript.push({ type: 'waited' });
    this.question = undefined;
    return this.execute(after, url, 0);
  }

  async hangUp(): Promise<this> {
    this.mustBe('in-progress');
    return this.end('completed');
  }

  /** Without having been picked up. */
  async endWith(status: 'busy' | 'no-answer' | 'failed' | 'canceled'): Promise<this> {
    this.mustBe('ringing');
    return this.end(status);
  }

  /** What every call-back about it says. */
  form(more: Form = {}): Form {
    const { sid, accountSid, from, to, direction } = this.order;
    return {
      ...{ CallSid: sid, AccountSid: accountSid, From: from, To: to, Caller: from, Called: to },
      ...{ Direction: direction, ApiVersion: '2010-04-01', CallStatus: this.status },
      ...more,
    };
  }

  private async goOn(url: string, more: Form, redirects = 0): Promise<this> {
    this.question = undefined;
    try {
      const { status, text, contentType } = await this.network.ask(url, this.form(more));
      if (status !== 200) throw new BadTwiml(`was answered ${status}`);
      if (!/^(text|application)\/xml\b/.test(contentType)) throw new BadTwiml(`was answered with ${contentType}`);
      return await this.execute(verbsOf(text), url, redirects);
    } catch (error) {
      if (!(error instanceof BadTwiml)) throw error;
      this.faults.push(error.message);
      this.say([FAULT]);
      return this.end('completed');
    }
  }

  private async execute(verbs: readonly Verb[], url: string, redirects: number): Promise<this> {
    for (const [index, verb] of verbs.entries()) {
      if (this.isOver) return this;
      switch (verb.verb) {
        case 'Say':
          this.say([verb]);
          break;
        case 'Pause':
          break;
        case 'Gather':
          this.say(verb.says);
          this.url = new URL(verb.action, url).href;
          this.question = { gather: verb, after: verbs.slice(index + 1), url };
          return this;
        case 'Redirect':
          if (redirects >= MOST_REDIRECTS) throw new BadTwiml('leads nowhere');
          return this.goOn(new URL(verb.url, url).href, {}, redirects + 1);
        case 'Hangup':
          return this.end('completed');
      }
    }
    return this.end('completed');
  }

  private say(says: readonly Said[]): void {
    this.transcript.push(...says.map(({ text, language, voice }) => ({ type: 'said', text, language, voice }) as const));
  }

  /** Somebody may hang up while the network still asks what comes next. */
  private async end(status: CallStatus): Promise<this> {
    if (this.isOver) return this;
    this.question = undefined;
    this.status = status;
    this.transcript.push({ type: 'ended', status });
    await this.network.tellStatus(this);
    return this;
  }

  private mustBe(status: CallStatus): void {
    if (this.status !== status) throw new Error(`the call is ${this.status}, not ${status}`);
  }

  private mustListen(): NonNullable<typeof this.question> {
    if (this.question === undefined) throw new Error(`the call is ${this.status} and listens for no key`);
    return this.question;
  }
}
