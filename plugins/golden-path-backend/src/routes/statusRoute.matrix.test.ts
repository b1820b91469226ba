import { startTemporaryPostgres } from '../../../../tests/support/temporaryPostgres';
import { FakeGitHub } from '../../../scaffolder-backend-module-golden-path/src/testing/fakeGitHub';
import { bootRoutes, TEAM } from '../testing/bootRoutes';
import { databaseOf } from '../testing/databaseOf';

const REQUESTS = 500;
const AT_ONCE = 20;

describe('the routes in a backend with permissions', () => {
  const github = new FakeGitHub();
  let postgres: Awaited<ReturnType<typeof startTemporaryPostgres>>;
  let routes: Awaited<ReturnType<typeof bootRoutes>>;
  beforeAll(async () => {
    await github.start();
    postgres = await startTemporaryPostgres();
    routes = await bootRoutes(
      { ...postgres, ...postgres.databases.backstage },
      github.integration,
    );
    await routes.put([
      databaseOf({ databaseName: 'users_db', ownerRef: TEAM }),
      databaseOf({
        databaseName: 'bills_db',
        ownerRef: 'group:default/payments',
      }),
    ]);
  });
  afterAll(async () => {
    await routes?.stop();
    await postgres?.stop();
    await github.stop();
  });

  const ask = (path: string, token = routes.token) =>
    fetch(`${routes.url}${path}`, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });

  it('answers only who is signed in', async () => {
    expect((await ask('/databases', '')).status).toBe(401);
  });

  it('shows a user the databases of their team, and counts no other', async () => {
    const page = await (await ask('/databases')).json();
    expect(page).toMatchObject({
      items: [{ databaseName: 'users_db' }],
      total: 1,
    });
    expect((await ask('/databases/dev/bills_db')).status).toBe(404);
    const { names } = await (
      await ask('/names?environment=dev&databaseName=bills_db')
    ).json();
    expect(names[0].message).toBe(
      'Database name: bills_db is taken in dev; choose another name.',
    );
  });

  it('publishes its permissions and the rule', async () => {
    const answer = await ask('/.well-known/backstage/permissions/metadata');
    const { permissions, rules } = await answer.json();
    expect(permissions).toHaveLength(4);
    expect(rules).toMatchObject([
      {
        name: 'IS_OWNED_BY_ME',
        resourceType: 'golden-path-database',
        paramsSchema: { properties: { claims: { type: 'array' } } },
      },
    ]);
  });

  it(`asks GitHub nothing for ${REQUESTS} statuses`, async () => {
    const before = github.requests.length;
    let left = REQUESTS;
    const statuses = new Set<number>();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1;
          const answer = await ask('/databases/dev/users_db');
          await answer.text();
          statuses.add(answer.status);
        }
      }),
    );
    expect([...statuses]).toEqual([200]);
    expect(github.requests.slice(before)).toEqual([]);
  });
});
