import { GoldenPathClient } from './GoldenPathClient';

const answer = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status });

const createClient = (...answers: Response[]) => {
  const asked: Array<{ url: string; init?: RequestInit }> = [];
  const client = new GoldenPathClient({
    discoveryApi: {
      getBaseUrl: async plugin => `http://localhost/api/${plugin}`,
    },
    fetchApi: {
      fetch: async (url, init) => {
        asked.push({ url: String(url), init });
        return answers.shift()!;
      },
    },
  });
  return { client, asked };
};

describe('the client of the backend plugin', () => {
  it('lists by a filter, without its empty parts', async () => {
    const list = { items: [], total: 0 };
    const { client, asked } = createClient(answer(list));
    expect(
      await client.listDatabases({
        owner: 'group:default/checkout-team',
        text: '',
        limit: 5000,
      }),
    ).toEqual(list);
    expect(asked[0].url).toBe(
      'http://localhost/api/golden-path/databases?owner=group%3Adefault%2Fcheckout-team&limit=5000',
    );
  });

  it('knows no database where the backend has none', async () => {
    const { client, asked } = createClient(answer({}, 404));
    expect(await client.getDatabase('dev', 'a/b')).toBeUndefined();
    expect(asked[0].url).toMatch(/\/databases\/dev\/a%2Fb$/);
  });

  it('asks about names, and stops when it is told', async () => {
    const names = [{ field: 'databaseName', state: 'free', message: '' }];
    const { client, asked } = createClient(answer({ names }));
    const { signal } = new AbortController();
    expect(
      await client.checkNames(
        { environment: 'dev', databaseName: 'users_db' },
        { signal },
      ),
    ).toEqual(names);
    expect(asked[0].url).toMatch(
      /\/names\?environment=dev&databaseName=users_db$/,
    );
    expect(asked[0].init?.signal).toBe(signal);
  });

  it('plans by POST', async () => {
    const plan = { requestId: 'dev-users_db', problems: [], approvals: [] };
    const { client, asked } = createClient(answer(plan));
    const request = {
      component_id: 'user-service',
      databaseName: 'users_db',
      username: 'users_app_user',
      owner: 'group:default/platform-team',
      environment: 'dev',
    };
    expect(await client.plan(request)).toEqual(plan);
    expect(asked[0].init).toMatchObject({
      method: 'POST',
      body: JSON.stringify(request),
    });
  });

  it("throws the backend's refusal", async () => {
    const { client } = createClient(
      answer({ error: { name: 'NotAllowedError', message: 'no' } }, 403),
    );
    await expect(client.listDatabases()).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 403,
    });
  });
});
