import type { SlackUpdateKind } from '@tocsin/domain';
import type { SlackChoice, SlackDialog } from '../slack-workspace';
import { oneLine, shortened } from '../shortened';
import { plain } from './alert-blocks';
import { MOST } from './limits';
import { slackTexts } from './texts';

const TITLE = 24;
const LABEL = 150;
const LONGEST_INPUT = 255;

/** Before the id of what is chosen among people and is none. */
export const POLICY = 'policy-';

export const updateKinds: readonly SlackUpdateKind[] = ['escalations', 'assignments', 'actions'];
const channelChoices = ['own', 'private', 'archive'] as const;

export const dialogView = (dialog: SlackDialog): Readonly<Record<string, unknown>> => {
  const t = slackTexts[dialog.language];
  const frame = { type: 'modal', callback_id: dialog.type, submit: plain(t.save, TITLE), close: plain(t.cancel, TITLE) };
  switch (dialog.type) {
    case 'link': {
      const { teamId, channelId, answerUrl, sources, updates, ownChannels } = dialog;
      const choices = updateKinds.map((kind) => ({ kind, choice: { text: plain(t.update[kind], MOST.option), value: kind } }));
      const chosen = choices.filter(({ kind }) => updates[kind]).map(({ choice }) => choice);
      const own = { own: ownChannels !== undefined, private: ownChannels?.isPrivate === true, archive: ownChannels?.archives === true };
      const channels = channelChoices.map((kind) => ({ kind, choice: { text: plain(t.channel[kind], MOST.option), value: kind } }));
      const chosenChannels = channels.filter(({ kind }) => own[kind]).map(({ choice }) => choice);
      return {
        ...frame,
        title: plain(t.linkTitle, TITLE),
        private_metadata: JSON.stringify({ t: teamId, c: channelId, u: answerUrl }),
        blocks: [
          {
            type: 'input',
            block_id: 'sources',
            optional: true,
            label: plain(t.sources, LABEL),
            hint: plain(t.noSources, LABEL),
            element: {
              type: 'multi_external_select',
              action_id: 'sources',
              placeholder: plain(t.chooseSources, LABEL),
              min_query_length: 0,
              ...initial(options(sources)),
            },
          },
          {
            type: 'input',
            block_id: 'updates',
            optional: true,
            label: plain(t.updates, LABEL),
            element: { type: 'checkboxes', action_id: 'updates', options: choices.map(({ choice }) => choice), ...initial(chosen) },
          },
          {
            type: 'input',
            block_id: 'channels',
            optional: true,
            label: plain(t.channels, LABEL),
            element: {
              type: 'checkboxes',
              action_id: 'channels',
              options: channels.map(({ choice }) => choice),
              ...initial(chosenChannels),
            },
          },
        ],
      };
    }
    case 'raise': {
      const { alertId, channelId, answerUrl, summary, source } = dialog;
      const priorities = (['HIGH', 'LOW'] as const).map((value) => ({ text: plain(t.priorities[value], MOST.option), value }));
      const [chosen] = options(source === undefined ? [] : [source]);
      return {
        ...frame,
        submit: plain(t.raise, TITLE),
        title: plain(t.raiseTitle, TITLE),
        private_metadata: JSON.stringify({ a: alertId, c: channelId, u: answerUrl }),
        blocks: [
          {
            type: 'input',
            block_id: 'source',
            label: plain(t.source, LABEL),
            element: {
              type: 'external_select',
              action_id: 'sources',
              placeholder: plain(t.chooseSources, LABEL),
              min_query_length: 0,
              ...(chosen === undefined ? {} : { initial_option: chosen }),
            },
          },
          {
            type: 'input',
            block_id: 'summary',
            label: plain(t.summary, LABEL),
            element: {
              type: 'plain_text_input',
              action_id: 'summary',
              max_length: LONGEST_INPUT,
              ...(summary === '' ? {} : { initial_value: shortened(summary, LONGEST_INPUT) }),
            },
          },
          {
            type: 'input',
            block_id: 'details',
            optional: true,
            label: plain(t.details, LABEL),
            element: { type: 'plain_text_input', action_id: 'details', multiline: true, max_length: MOST.section },
          },
          {
            type: 'input',
            block_id: 'priority',
            optional: true,
            label: plain(t.priority, LABEL),
            element: { type: 'static_select', action_id: 'priority', placeholder: plain(t.asSource, LABEL), options: priorities },
          },
        ],
      };
    }
    case 'reassign':
      return {
        ...frame,
        title: plain(t.reassignTitle(dialog.alertId), TITLE),
        private_metadata: JSON.stringify({ a: dialog.alertId, u: dialog.answerUrl }),
        blocks: [
          {
            type: 'input',
            block_id: 'person',
            label: plain(t.person, LABEL),
            element: { type: 'external_select', action_id: 'people', placeholder: plain(t.choosePerson, LABEL), min_query_length: 0 },
          },
        ],
      };
  }
};

export const options = (choices: readonly SlackChoice[]) =>
  choices.slice(0, MOST.choices).map(({ id, name, isPolicy }) => ({
    text: plain(oneLine(name), MOST.option),
    value: isPolicy === true ? `${POLICY}${id}` : String(id),
  }));

/** None at all is said by leaving it out. */
const initial = (chosen: readonly unknown[]): Readonly<Record<string, unknown>> => (chosen.length === 0 ? {} : { initial_options: chosen });
