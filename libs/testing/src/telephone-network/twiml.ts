/** What a call does next: the part of TwiML that the network knows. All else is refused, as a mistake of whoever wrote it. */
export type Verb = Said | { readonly verb: 'Pause'; readonly lengthSec: number } | Gather | Redirect | { readonly verb: 'Hangup' };

export interface Said {
  readonly verb: 'Say';
  readonly text: string;
  readonly language: string;
  readonly voice: string;
}

export interface Gather {
  readonly verb: 'Gather';
  readonly numDigits: number;
  readonly timeoutSec: number;
  readonly action: string;
  /** What is said while keys are listened for. */
  readonly says: readonly Said[];
}

export interface Redirect {
  readonly verb: 'Redirect';
  readonly url: string;
}

export class BadTwiml extends Error {}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const LONGEST_SAY = 4_096;
const LONGEST_DOCUMENT = 65_536;

const known: Readonly<Record<string, { readonly attributes: readonly string[]; readonly children: readonly string[] }>> = {
  Response: { attributes: [], children: ['Say', 'Pause', 'Gather', 'Redirect', 'Hangup'] },
  Say: { attributes: ['voice', 'language'], children: [] },
  Pause: { attributes: ['length'], children: [] },
  Gather: { attributes: ['input', 'numDigits', 'timeout', 'action', 'method'], children: ['Say', 'Pause'] },
  Redirect: { attributes: ['method'], children: [] },
  Hangup: { attributes: [], children: [] },
};

/** Who speaks which language; another pair is refused. */
const voices: Readonly<Record<string, string>> = {
  'Polly.Vicki': 'de-DE',
  'Polly.Marlene': 'de-DE',
  'Polly.Hans': 'de-DE',
  'Polly.Amy': 'en-GB',
  'Polly.Emma': 'en-GB',
  'Polly.Brian': 'en-GB',
  'Polly.Joanna': 'en-US',
  'Polly.Matthew': 'en-US',
};

/** @throws BadTwiml */
export const verbsOf = (document: string): readonly Verb[] => {
  if (document.length > LONGEST_DOCUMENT) throw new BadTwiml('too long');
  const root = parsed(document);
  if (root.name !== 'Response') throw new BadTwiml(`begins with ${root.name}`);
  return root.children.map(verbOf);
};

const verbOf = (element: Element): Verb => {
  const { name, attributes, text } = element;
  switch (name) {
    case 'Say':
      return said(element);
    case 'Pause':
      return { verb: name, lengthSec: whole(attributes['length'] ?? '1') };
    case 'Gather': {
      if ((attributes['input'] ?? 'dtmf') !== 'dtmf') throw new BadTwiml('listens to more than keys');
      return {
        verb: name,
        numDigits: whole(attributes['numDigits'] ?? ''),
        timeoutSec: whole(attributes['timeout'] ?? '5'),
        action: posted(attributes['method'], attributes['action'] ?? ''),
        says: element.children.filter((child) => child.name === 'Say').map(said),
      };
    }
    case 'Redirect':
      return { verb: name, url: posted(attributes['method'], text.trim()) };
    default:
      return { verb: 'Hangup' };
  }
};

const said = ({ attributes, text }: Element): Said => {
  const { voice = '', language = '' } = attributes;
  if (voices[voice] !== language) throw new BadTwiml(`no voice ${voice} of ${language}`);
  if (text.trim() === '' || text.length > LONGEST_SAY) throw new BadTwiml(`cannot say ${text.length} characters`);
  return { verb: 'Say', text: text.trim(), language, voice };
};

const posted = (method: string | undefined, url: string): string => {
  if ((method ?? 'POST') !== 'POST') throw new BadTwiml(`does not ask by ${method}`);
  return url;
};

const whole = (text: string): number => {
  if (!/^\d{1,3}$/.test(text)) throw new BadTwiml(`${JSON.stringify(text)} is no number`);
  return Number(text);
};

const TOKEN = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

const parsed = (document: string): Element => {
  const body = document.replace(/^\s*<\?xml[^?]*\?>/, '').trim();
  const open: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const [token, closes, name = '', attributes = '', isEmpty, text] = TOKEN.exec(body) ?? [];
    if (token === undefined) throw new BadTwiml('no XML');
    const around = open.at(-1);
    if (text !== undefined) {
      if (around === undefined) throw new BadTwiml('text outside');
      around.text += decoded(text);
      continue;
    }
    if (closes === '/' && around?.name !== name) throw new BadTwiml(`${name} ends where it does not stand`);
    if (closes !== '/') open.push({ name, attributes: attributesOf(name, attributes), children: [], text: '' });
    if (closes !== '/' && isEmpty !== '/') continue;
    const element = open.pop();
    const parent = open.at(-1);
    if (element === undefined) throw new BadTwiml('no XML');
    if (parent === undefined) {
      if (TOKEN.lastIndex < body.length) throw new BadTwiml('more than one document');
      return element;
    }
    if (known[parent.name]?.children.includes(name) !== true) throw new BadTwiml(`${name} in ${parent.name}`);
    parent.children.push(element);
  }
  throw new BadTwiml('it does not end');
};

const attributesOf = (name: string, text: string): Record<string, string> => {
  const allowed = known[name]?.attributes;
  if (allowed === undefined) throw new BadTwiml(`does not know ${name}`);
  const found = [...text.matchAll(/([A-Za-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decoded(value)] as const);
  for (const [key] of found) if (!allowed.includes(key)) throw new BadTwiml(`does not know ${key} of ${name}`);
  return Object.fromEntries(found);
};

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decoded = (text: string): string =>
  text.replaceAll(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
    const character = entities[name];
    if (character === undefined) throw new BadTwiml(`does not know ${whole}`);
    return character;
  });
