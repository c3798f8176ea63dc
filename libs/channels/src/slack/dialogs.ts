import type { SlackUpdateKind } from '@tocsin/domain';
import type { SlackChoice, SlackDialog } from '../slack-workspace';
import { plain } from './alert-blocks';
import { MOST, oneLine } from './limits';
import { slackTexts } from './texts';

const TITLE = 24;
const LABEL = 150;

export const updateKinds: readonly SlackUpdateKind[] = ['escalations', 'assignments', 'actions'];

export const dialogView = (dialog: SlackDialog): Readonly<Record<string, unknown>> => {
  const t = slackTexts[dialog.language];
  const frame = { type: 'modal', callback_id: dialog.type, submit: plain(t.save, TITLE), close: plain(t.cancel, TITLE) };
  switch (dialog.type) {
    case 'link': {
      const { teamId, channelId, answerUrl, sources, updates } = dialog;
      const choices = updateKinds.map((kind) => ({ kind, choice: { text: plain(t.update[kind], MOST.option), value: kind } }));
      const chosen = choices.filter(({ kind }) => updates[kind]).map(({ choice }) => choice);
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
  choices.slice(0, MOST.choices).map(({ id, name }) => ({ text: plain(oneLine(name), MOST.option), value: String(id) }));

/** None at all is said by leaving it out. */
const initial = (chosen: readonly unknown[]): Readonly<Record<string, unknown>> => (chosen.length === 0 ? {} : { initial_options: chosen });
