import { instant } from '@tocsin/domain';
import type { AlertActionId, TriggerType } from '@tocsin/domain';
import type { ActionCall } from './action-kind';
import { keepTicket } from './ticket';

const callOf = (trigger: TriggerType | 'manual'): ActionCall => ({
  actionId: 11 as AlertActionId,
  ...{ trigger, alertRevision: 3, deliveryId: 'd', at: instant(0), possiblyDone: false, params: {}, connectorParams: {} },
  alert: {
    ...{ id: 7, status: 'RESOLVED', summary: 'disk full', priority: 'HIGH', reportTime: instant(0), url: 'u', links: [] },
    source: { id: 1, name: 'S' },
  },
});

describe('an alert that has no ticket', () => {
  const openedBy = async (trigger: TriggerType | 'manual'): Promise<readonly string[]> => {
    const opened: string[] = [];
    const refused = () => Promise.reject(new Error('there is no such ticket'));
    const open = ({ title }: { readonly title: string }) => {
      opened.push(title);
      return Promise.resolve('1');
    };
    await keepTicket({ find: refused, open, comment: refused, close: refused }, callOf(trigger));
    return opened;
  };

  it.each(['alert-resolved', 'alert-auto-resolved', 'alert-channel-detached'] as const)(
    'has none opened by its end: %s',
    async (trigger) => {
      expect(await openedBy(trigger)).toEqual([]);
    },
  );
  it('has one opened when a person asks for it, even then', async () => {
    expect(await openedBy('manual')).toEqual(['disk full']);
  });
});
