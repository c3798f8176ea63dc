import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { World } from './world';

let world: World;
beforeAll(async () => void (world = await World.start()));
afterAll(() => world.stop());

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: readonly unknown[] }>>>>;
}

const written = JSON.parse(readFileSync(join(__dirname, '../../../libs/contracts/openapi.json'), 'utf8')) as Description;

/** What somebody without a key hears, so that nothing comes of it. */
const answerTo = async (method: string, path: string): Promise<{ readonly status: number; readonly isKnown: boolean }> => {
  const at = `/api${path.replaceAll(/\{\w+\}/g, '999999999')}`;
  const response = await fetch(world.urlOf(at), { method });
  const isKnown = response.status !== 405 && !(await response.text()).includes(`there is no ${method} ${at}`);
  return { status: response.status, isKnown };
};

describe('the description of the API', () => {
  it('is that of all services, whoever is asked for it', async () => {
    for (let replica = 0; replica < 2; replica++) {
      const response = await fetch(world.urlOf('/api-docs/openapi.json'));
      expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({ status: 200, type: 'application/json' });
      expect(await response.json()).toEqual(written);
    }
  });

  it('has no path that leads to somebody who does not know it', async () => {
    expect(await answerTo('GET', '/alerts/{id}/nothing-of-the-kind')).toEqual({ status: 404, isKnown: false });
    for (const [path, methods] of Object.entries(written.paths))
      for (const [method, { security }] of Object.entries(methods)) {
        const operation = `${method.toUpperCase()} ${path}`;
        const answer = { operation, ...(await answerTo(method.toUpperCase(), path)) };
        // Tools' events bring their key with them.
        expect(answer).toEqual({ operation, isKnown: true, status: security?.length === 0 ? expect.any(Number) : 401 });
      }
  });
});
