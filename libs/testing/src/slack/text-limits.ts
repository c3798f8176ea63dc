/** A block, a view, an element or a text, as they come over the wire. */
type Json = Readonly<Record<string, unknown>>;

const MESSAGE_BLOCKS = 50;
const VIEW_BLOCKS = 100;
const POSTED_TEXT = 40_000;
const EDITED_TEXT = 4_000;

/** What Slack says of a message that is too long for it; undefined when it takes it. */
export const messageProblem = (
  { text, blocks }: { readonly text?: unknown; readonly blocks?: unknown },
  isEdit: boolean,
): { readonly error: string; readonly messages: readonly string[] } | undefined => {
  const written = typeof text === 'string' ? text : '';
  const list = asList(blocks);
  if (written === '' && list.length === 0) return { error: 'no_text', messages: [] };
  if (written.length > (isEdit ? EDITED_TEXT : POSTED_TEXT)) return { error: 'msg_too_long', messages: [] };
  const messages = blockProblems(list, MESSAGE_BLOCKS);
  return messages.length === 0 ? undefined : { error: 'invalid_blocks', messages };
};

export const viewProblems = (view: Json): readonly string[] => [
  ...textProblems(view['title'], 24, 'title'),
  ...(view['submit'] === undefined ? [] : textProblems(view['submit'], 24, 'submit')),
  ...(view['close'] === undefined ? [] : textProblems(view['close'], 24, 'close')),
  ...lengthProblems(view['private_metadata'], 3_000, 'private_metadata'),
  ...lengthProblems(view['callback_id'], 255, 'callback_id'),
  ...blockProblems(asList(view['blocks']), VIEW_BLOCKS),
];

/** At most a hundred choices, each of them short. */
export const optionProblems = (options: unknown, path: string): readonly string[] => {
  const list = asList(options);
  return [
    ...(list.length > 100 ? [`${path}: no more than 100 items allowed`] : []),
    ...list.flatMap((option, index) => [
      ...textProblems(option['text'], 75, `${path}/${index}/text`),
      ...lengthProblems(option['value'], 150, `${path}/${index}/value`),
    ]),
  ];
};

const blockProblems = (blocks: readonly Json[], most: number): readonly string[] => {
  const ids = blocks.map((block) => block['block_id']).filter((id) => id !== undefined);
  return [
    ...(blocks.length > most ? [`no more than ${most} items allowed [json-pointer:/blocks]`] : []),
    ...(new Set(ids).size < ids.length ? ['block_id already exists'] : []),
    ...blocks.flatMap((block, index) => [
      ...lengthProblems(block['block_id'], 255, `/blocks/${index}/block_id`),
      ...oneBlock(block, `/blocks/${index}`),
    ]),
  ];
};

const oneBlock = (block: Json, path: string): readonly string[] => {
  switch (block['type']) {
    case 'header':
      return textProblems(block['text'], 150, `${path}/text`);
    case 'section': {
      const fields = asList(block['fields']);
      return [
        ...(block['text'] === undefined && fields.length === 0 ? [`${path}: needs a text or fields`] : []),
        ...(block['text'] === undefined ? [] : textProblems(block['text'], 3_000, `${path}/text`)),
        ...(fields.length > 10 ? [`${path}/fields: no more than 10 items allowed`] : []),
        ...fields.flatMap((field, index) => textProblems(field, 2_000, `${path}/fields/${index}`)),
      ];
    }
    case 'context': {
      const elements = asList(block['elements']);
      return [
        ...(elements.length === 0 || elements.length > 10 ? [`${path}/elements: 1 to 10 items allowed`] : []),
        ...elements.flatMap((element, index) => textProblems(element, 3_000, `${path}/elements/${index}`)),
      ];
    }
    case 'actions': {
      const elements = asList(block['elements']);
      const actions = elements.map((element) => element['action_id']);
      return [
        ...(elements.length === 0 || elements.length > 25 ? [`${path}/elements: 1 to 25 items allowed`] : []),
        ...(new Set(actions).size < actions.length ? [`${path}: action_id already exists`] : []),
        ...elements.flatMap((element, index) => oneElement(element, `${path}/elements/${index}`)),
      ];
    }
    case 'input':
      return [...textProblems(block['label'], 2_000, `${path}/label`), ...oneElement(asObject(block['element']), `${path}/element`)];
    case 'divider':
      return [];
    default:
      return [`${path}: unsupported type: ${String(block['type'])}`];
  }
};

const oneElement = (element: Json, path: string): readonly string[] => {
  const id = lengthProblems(element['action_id'], 255, `${path}/action_id`);
  const placeholder = element['placeholder'] === undefined ? [] : textProblems(element['placeholder'], 150, `${path}/placeholder`);
  switch (element['type']) {
    case 'button':
      return [...id, ...textProblems(element['text'], 75, `${path}/text`), ...lengthProblems(element['value'], 2_000, `${path}/value`)];
    case 'checkboxes':
      return [
        ...id,
        ...(asList(element['options']).length > 10 ? [`${path}/options: no more than 10 items allowed`] : []),
        ...optionProblems(element['options'], `${path}/options`),
        ...(element['initial_options'] !== undefined && asList(element['initial_options']).length === 0
          ? [`${path}/initial_options: must have at least one item`]
          : []),
      ];
    case 'static_select':
      return [...id, ...placeholder, ...optionProblems(element['options'], `${path}/options`)];
    case 'external_select':
    case 'multi_external_select':
      return [
        ...id,
        ...placeholder,
        ...optionProblems(element['initial_options'], `${path}/initial_options`),
        ...(element['initial_option'] === undefined ? [] : optionProblems([element['initial_option']], `${path}/initial_option`)),
      ];
    case 'plain_text_input':
      return [...id, ...placeholder, ...lengthProblems(element['initial_value'], 3_000, `${path}/initial_value`)];
    default:
      return [`${path}: unsupported type: ${String(element['type'])}`];
  }
};

/** A text object with nothing in it is refused as much as one with too much. */
const textProblems = (object: unknown, most: number, path: string): readonly string[] => {
  const { type, text } = asObject(object);
  if (type !== 'plain_text' && type !== 'mrkdwn') return [`${path}: missing required field: type`];
  if (typeof text !== 'string' || text.length === 0) return [`${path}: must be more than 0 characters`];
  return lengthProblems(text, most, path);
};

const lengthProblems = (text: unknown, most: number, path: string): readonly string[] =>
  typeof text === 'string' && text.length > most ? [`must be less than ${most + 1} characters [json-pointer:${path}]`] : [];

const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
