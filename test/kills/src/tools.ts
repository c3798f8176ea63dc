import type { Chance } from './chance';
import type { EventType, Ledger } from './ledger';

const TOOLS = 6;
/** Events in one life; what a laptop's monitoring would never send. */
const MOST_EVENTS_PER_LIFE = 60;

/**
 * Monitoring tools that post until the server is gone. Each sees to its own keys: new ones, repetitions, resolutions, now
 * and then the same new key twice at once; what was not answered it posts again in the next life, as tools do.
 */
export class Tools {
  private unanswered: { readonly key: string; readonly type: EventType }[] = [];
  private created = 0;

  constructor(
    private readonly integrationKey: string,
    private readonly ledger: Ledger,
    private readonly chance: Chance,
  ) {}

  /** Resolves when every tool has met the end of the server, or has sent enough. */
  async work(url: string, onAnswer: () => void): Promise<void> {
    let left = MOST_EVENTS_PER_LIFE;
    const again = this.unanswered;
    this.unanswered = [];
    const tool = async (): Promise<void> => {
      const own: string[] = [];
      while (left-- > 0) {
        const repeated = again.pop();
        if (repeated !== undefined) {
          if (!(await this.post(url, repeated.key, repeated.type, onAnswer))) return;
          continue;
        }
        const known = own.length > 0 && this.chance.oneIn(4) ? own[this.chance.below(own.length)] : undefined;
        const key = known ?? `kill-${++this.created}`;
        if (known === undefined) own.push(key);
        const type = known !== undefined && this.chance.oneIn(2) ? 'RESOLVE' : 'ALERT';
        const twice = known === undefined && this.chance.oneIn(5);
        const posts = Array.from({ length: twice ? 2 : 1 }, () => this.post(url, key, type, onAnswer));
        if ((await Promise.all(posts)).includes(false)) return;
      }
    };
    await Promise.all(Array.from({ length: TOOLS }, tool));
  }

  /** Whether there is still somebody who answers. */
  private async post(url: string, key: string, eventType: EventType, onAnswer: () => void): Promise<boolean> {
    const body = JSON.stringify({ integrationKey: this.integrationKey, eventType, summary: `${key} is down`, alertKey: key });
    try {
      const response = await fetch(`${url}/api/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const answered = response.status === 202;
      this.ledger.record(key, { type: eventType, answered });
      if (answered) onAnswer();
      else this.unanswered.push({ key, type: eventType });
      return answered;
    } catch {
      this.ledger.record(key, { type: eventType, answered: false });
      this.unanswered.push({ key, type: eventType });
      return false;
    }
  }
}
