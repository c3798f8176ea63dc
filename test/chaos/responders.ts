import { setTimeout as delay } from 'node:timers/promises';
import type { MailServer, ReceivedMail } from '@tocsin/testing';
import type { Chance } from '../kills/src/chance.ts';
import type { Ledger } from '../kills/src/ledger.ts';

const LOOK_EVERY_MS = 200;
const ANSWER_WITHIN_MS = 8_000;
const AGAIN_AFTER_MS = 300;
/** One of so many pages is answered, after a while up to this. */
const ANSWERED_ONE_IN = 4;
const LONGEST_THOUGHT_MS = 8_000;

export type AnswerPurpose = 'accept' | 'resolve' | 'escalate';

export interface Answer {
  readonly alertId: number;
  readonly to: string;
  readonly purpose: AnswerPurpose;
  /** What the answer page came with. */
  readonly status: number;
}

/** People who read their mail and answer some of it by its links, whatever happens: until they are told what became of it. */
export class Responders {
  readonly answers: Answer[] = [];
  /** Answers that were not had at once, by what came instead. */
  readonly refusals = new Map<string, number>();
  private read = 0;
  private readonly answered = new Set<string>();
  private readonly parts: {
    readonly url: string;
    readonly mail: MailServer;
    readonly ledger: Ledger;
    readonly chance: Chance;
    /** Whether there is a further level to escalate to. */
    readonly mayEscalate: (mail: ReceivedMail) => boolean;
  };

  constructor(parts: Responders['parts']) {
    this.parts = parts;
  }

  /** Answers what comes until told to stop, and resolves when everything that was answered has been heard. */
  async work(signal: AbortSignal): Promise<void> {
    const { mail, chance } = this.parts;
    const working: Promise<void>[] = [];
    while (!signal.aborted) {
      for (const page of mail.all().slice(this.read)) {
        this.read++;
        const [isAnswered, afterMs, choice] = [chance.oneIn(ANSWERED_ONE_IN), chance.below(LONGEST_THOUGHT_MS), chance.below(4)];
        if (isAnswered && !this.answered.has(page.messageId)) working.push(this.answer(page, choice, afterMs, signal));
      }
      await delay(LOOK_EVERY_MS);
    }
    await Promise.all(working);
  }

  private async answer(page: ReceivedMail, choice: number, afterMs: number, signal: AbortSignal): Promise<void> {
    this.answered.add(page.messageId);
    await delay(afterMs, undefined, { signal }).catch(() => undefined);
    const purpose = this.purposeOf(page, choice);
    const [, id, key = ''] = /^\[#(\d+)\] (\S+) /.exec(page.subject) ?? [];
    const link = linkFor(purpose, page.text);
    if (id === undefined || link === undefined) throw new Error(`"${page.subject}" has no link to ${purpose}`);
    // Before it is said: what is not answered may have been done all the same.
    if (purpose === 'resolve') this.parts.ledger.resolvedByHand.add(key);
    for (;;) {
      const outcome = await this.post(link);
      if (typeof outcome === 'number' && outcome < 500) {
        this.answers.push({ alertId: Number(id), to: page.to, purpose, status: outcome });
        return;
      }
      this.refusals.set(String(outcome), (this.refusals.get(String(outcome)) ?? 0) + 1);
      await delay(AGAIN_AFTER_MS);
    }
  }

  private purposeOf(page: ReceivedMail, choice: number): AnswerPurpose {
    if (choice === 0) return 'resolve';
    return choice === 1 && this.parts.mayEscalate(page) ? 'escalate' : 'accept';
  }

  private async post(path: string): Promise<number | string> {
    try {
      const response = await fetch(`${this.parts.url}${path}`, { method: 'POST', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      await response.arrayBuffer();
      return response.status;
    } catch (error) {
      return error instanceof Error ? error.name : 'no answer';
    }
  }
}

/** Past the public address, which leads nowhere here. */
const linkFor = (purpose: AnswerPurpose, text: string): string | undefined =>
  new RegExp(String.raw`^${purpose}: https?://[^/\s]+(/\S+)$`, 'im').exec(text)?.[1];
