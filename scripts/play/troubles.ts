import type { Outside } from './outside.ts';

interface Trouble {
  readonly name: string;
  readonly title: string;
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

interface Provider {
  readonly name: string;
  readonly title: string;
  readonly troubles: readonly Trouble[];
}

export interface ShownProvider {
  readonly name: string;
  readonly title: string;
  readonly trouble: string;
  readonly troubles: readonly { readonly name: string; readonly title: string }[];
}

const FINE = 'fine';
const SLOW_MS = 5_000;
const ALWAYS = { times: Infinity } as const;
const NEVER = { times: 0 } as const;

const refusing =
  (network: Outside['network']) =>
  (name: string, title: string, status: number, code?: number): Trouble => ({
    ...{ name, title },
    begin: () => network.fail({ status, ...(code === undefined ? {} : { code }), ...ALWAYS }),
    end: () => network.fail({ status, ...NEVER }),
  });

const twilio = ({ network }: Outside): Provider => {
  const answers = refusing(network);
  const tells = (name: string, title: string, receipts: typeof network.receipts): Trouble => {
    const usual = network.receipts;
    return { name, title, begin: () => void (network.receipts = receipts), end: () => void (network.receipts = usual) };
  };
  return {
    name: 'twilio',
    title: 'Twilio: texts and calls',
    troubles: [
      answers('down', 'is down (503)', 503),
      answers('busy', 'has too much to do (429)', 429, 20_429),
      {
        name: 'silent',
        title: 'does not answer',
        begin: () => network.make('silent-before', Infinity),
        end: () => network.make('silent-before', 0),
      },
      {
        name: 'slow',
        title: `takes ${SLOW_MS / 1_000} s`,
        begin: () => void (network.delayMs = SLOW_MS),
        end: () => void (network.delayMs = 0),
      },
      tells('no-receipts', 'gives no receipts', ['sent']),
      tells('undelivered', 'cannot deliver', ['sent', { status: 'undelivered', code: 30_003 }]),
    ],
  };
};

const signalwire = ({ secondNetwork }: Outside): Provider => {
  const answers = refusing(secondNetwork);
  return {
    name: 'signalwire',
    title: 'SignalWire: calls, asked second',
    troubles: [answers('down', 'is down (503)', 503), answers('busy', 'has too much to do (429)', 429, 20_429)],
  };
};

const gateway = ({ gateway: server }: Outside): Provider => {
  const answers = (name: string, title: string, answer: typeof server.usually): Trouble => ({
    ...{ name, title },
    begin: () => void (server.usually = answer),
    end: () => void (server.usually = 200),
  });
  return {
    name: 'gateway',
    title: 'SMS gateway, asked second',
    troubles: [answers('down', 'is down (503)', 503), answers('refuses', 'refuses every text', 'refused')],
  };
};

const smtp = ({ mail }: Outside): Provider => ({
  name: 'smtp',
  title: 'Mail server',
  troubles: [
    { name: 'down', title: 'is down', begin: () => mail.away(), end: () => mail.back() },
    {
      name: 'busy',
      title: 'asks us to come later (451)',
      begin: () => mail.refuse({ code: 451, ...ALWAYS }),
      end: () => mail.refuse({ code: 451, ...NEVER }),
    },
  ],
});

const sendgrid = ({ sendgrid: server }: Outside): Provider => {
  const answers = (name: string, title: string, status: number): Trouble => ({
    ...{ name, title },
    begin: () => server.fail(status, Infinity),
    end: () => server.fail(status, 0),
  });
  const usual = server.events;
  return {
    name: 'sendgrid',
    title: 'SendGrid, asked second',
    troubles: [
      answers('down', 'is down (503)', 503),
      answers('busy', 'has too much to do (429)', 429),
      {
        name: 'bounces',
        title: 'says that mails bounce',
        begin: () => void (server.events = ['processed', { event: 'bounce', type: 'bounce', status: '5.1.1' }]),
        end: () => void (server.events = usual),
      },
    ],
  };
};

/** `method` is what writes a new message. */
const chat = (name: string, title: string, server: Outside['slack'] | Outside['telegram'], method: string): Provider => {
  const answers = (trouble: string, said: string, what: 'broken' | 'limited'): Trouble => ({
    ...{ name: trouble, title: said },
    begin: () => server.fault({ method, what, ...ALWAYS }),
    end: () => server.mend(),
  });
  return { name, title, troubles: [answers('down', 'is down', 'broken'), answers('busy', 'has too much to do (429)', 'limited')] };
};

/** The switches of the page. */
export class Troubles {
  private readonly providers: readonly Provider[];
  private readonly chosen = new Map<string, Trouble>();

  constructor(outside: Outside) {
    this.providers = [
      ...[twilio, signalwire, gateway, smtp, sendgrid].map((provider) => provider(outside)),
      chat('slack', 'Slack', outside.slack, 'chat.postMessage'),
      chat('telegram', 'Telegram', outside.telegram, 'sendMessage'),
    ];
  }

  get shown(): readonly ShownProvider[] {
    return this.providers.map(({ name, title, troubles }) => ({
      ...{ name, title, trouble: this.chosen.get(name)?.name ?? FINE },
      troubles: [{ name: FINE, title: 'works' }, ...troubles.map((each) => ({ name: each.name, title: each.title }))],
    }));
  }

  /** Puts the provider right, and then makes what is chosen go wrong with it. Answers whether there is such a switch. */
  async choose(providerName: string, troubleName: string): Promise<boolean> {
    const provider = this.providers.find(({ name }) => name === providerName);
    const trouble = provider?.troubles.find(({ name }) => name === troubleName);
    if (provider === undefined || (trouble === undefined && troubleName !== FINE)) return false;
    const before = this.chosen.get(providerName);
    this.chosen.delete(providerName);
    await before?.end();
    if (trouble === undefined) return true;
    this.chosen.set(providerName, trouble);
    await trouble.begin();
    return true;
  }
}
