import { Tracker } from './tracker';

interface ServiceNowIncident {
  readonly sys_id: string;
  fields: Readonly<Record<string, unknown>>;
  readonly notes: string[];
}

const TABLE = '/api/now/table/incident';

/** As much of ServiceNow's Table API as is asked of it, for incidents and one account. */
export const startServiceNow = (account: {
  readonly username: string;
  readonly password: string;
}): Promise<Tracker<ServiceNowIncident>> => {
  const authorization = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  return Tracker.start(
    ({ method, path, query, body }, incidents) => {
      if (path === TABLE && method === 'GET') {
        const [, mark] = /^correlation_id=(.*)$/.exec(query.get('sysparm_query') ?? '') ?? [];
        return { status: 200, body: { result: incidents.filter(({ fields }) => fields['correlation_id'] === mark) } };
      }
      if (path === TABLE) {
        const incident = { sys_id: String(incidents.length + 1).padStart(32, 'a'), fields: { state: '1', ...body }, notes: [] };
        incidents.push(incident);
        return { status: 201, body: { result: { sys_id: incident.sys_id, number: `INC${incidents.length}` } } };
      }
      const incident = incidents.find(({ sys_id: id }) => path === `${TABLE}/${id}`);
      if (incident === undefined || method !== 'PATCH') return { status: 404, body: { error: { message: 'No Record found' } } };
      const { work_notes: note, ...changes } = body;
      if (note !== undefined) incident.notes.push(String(note));
      // It lets nobody resolve an incident without saying how.
      if (changes['state'] === '6' && (changes['close_code'] === undefined || changes['close_notes'] === undefined))
        return { status: 403, body: { error: { message: 'Data Policy Exception' } } };
      incident.fields = { ...incident.fields, ...changes };
      return { status: 200, body: { result: { sys_id: incident.sys_id } } };
    },
    ({ headers }) => headers.authorization === authorization,
  );
};
