/** Somebody in the workspace, or a guest, a stranger or a bot there. */
export interface SlackPerson {
  readonly id: string;
  readonly name: string;
  readonly teamId: string;
  readonly email?: string;
  readonly isEmailConfirmed: boolean;
  readonly isBot: boolean;
  readonly isGuest: boolean;
  readonly isStranger: boolean;
  readonly isDeleted: boolean;
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** A direct conversation with this person. */
  readonly directWith?: string;
  readonly isArchived: boolean;
  /** Seconds since 1970. */
  readonly created: number;
  readonly topic: string;
  readonly members: ReadonlySet<string>;
}

export type SlackBlock = Readonly<Record<string, unknown>> & { readonly type: string };

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  /** Of the message whose thread it stands in. */
  readonly threadTs?: string;
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly metadata?: { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> };
  /** Shown to this person alone, and kept nowhere. */
  readonly onlyTo?: string;
  readonly edits: number;
}

export interface SlackView {
  readonly id: string;
  readonly openedBy: string;
  readonly view: Readonly<Record<string, unknown>>;
}

/** One workspace: who is in it and what was written there. Nothing here knows of HTTP. */
export class SlackTeam {
  readonly people = new Map<string, SlackPerson>();
  readonly channels = new Map<string, SlackChannel>();
  readonly messages: SlackMessage[] = [];
  readonly views: SlackView[] = [];
  private counted = 0;

  constructor(
    /** Whoever agrees to an installation does so in the one that this names then. */
    public id: string,
    readonly botUserId: string,
    private readonly now: () => number,
  ) {}

  nextId(kind: string): string {
    return `${kind}${String((this.counted += 1)).padStart(6, '0')}`;
  }

  /** Unique in the workspace; later messages have later ones. */
  nextTs(): string {
    return `${Math.floor(this.now() / 1_000)}.${String((this.counted += 1)).padStart(6, '0')}`;
  }

  addPerson(name: string, about: Partial<Omit<SlackPerson, 'id' | 'name'>> = {}): SlackPerson {
    const person: SlackPerson = {
      id: this.nextId('U'),
      name,
      teamId: this.id,
      email: `${name}@example.test`,
      isEmailConfirmed: true,
      isBot: false,
      isGuest: false,
      isStranger: false,
      isDeleted: false,
      ...about,
    };
    this.people.set(person.id, person);
    return person;
  }

  addChannel(name: string, about: Partial<Omit<SlackChannel, 'id' | 'name'>> = {}): SlackChannel {
    const id = this.nextId(about.directWith === undefined ? 'C' : 'D');
    const created = Math.floor(this.now() / 1_000);
    const channel: SlackChannel = {
      ...{ id, name, isPrivate: false, isArchived: false, created, topic: '', members: new Set([this.botUserId]) },
      ...about,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  change(channelId: string, about: Partial<SlackChannel>): void {
    const channel = this.channels.get(channelId);
    if (channel !== undefined) this.channels.set(channelId, { ...channel, ...about });
  }

  post(message: Omit<SlackMessage, 'ts' | 'edits'>): SlackMessage {
    const posted = { ...message, ts: this.nextTs(), edits: 0 };
    this.messages.push(posted);
    return posted;
  }

  find(channel: string, ts: string): SlackMessage | undefined {
    return this.messages.find((message) => message.channel === channel && message.ts === ts && message.onlyTo === undefined);
  }

  edit(channel: string, ts: string, about: Partial<SlackMessage>): SlackMessage | undefined {
    const index = this.messages.findIndex((message) => message.channel === channel && message.ts === ts && message.onlyTo === undefined);
    const before = this.messages[index];
    if (before === undefined) return undefined;
    const after = { ...before, ...about, edits: before.edits + 1 };
    this.messages[index] = after;
    return after;
  }

  remove(channel: string, ts: string): void {
    const index = this.messages.findIndex((message) => message.channel === channel && message.ts === ts);
    if (index >= 0) this.messages.splice(index, 1);
  }
}
