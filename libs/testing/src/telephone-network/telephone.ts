import type { CallBackAnswer } from './call-back';

export interface ReceivedText {
  readonly sid: string;
  /** The number that it came from. */
  readonly from: string;
  readonly text: string;
}

/** What a telephone needs of its network. */
export interface TextNetwork {
  textsTo(number: string): readonly ReceivedText[];
  sendText(text: { readonly from: string; readonly to: string; readonly body: string; readonly sid?: string }): Promise<CallBackAnswer>;
}

/** Somebody's telephone: what was texted to it, and what its owner texts back. */
export class Telephone {
  constructor(
    private readonly network: TextNetwork,
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
}
