import {
  entry,
  environmentOn,
  Instance,
  startInstance,
} from '../plugins/golden-path-node/src/provision/testing/instance';

const LOGIN = { username: 'goldenpath_check', password: 'of the check' };
const APP = entry('users_db');

/** The login that docs/install.md makes for rds-drift.yml, in the place of the master. */
describe('a check with a login that only reads', () => {
  let instance: Instance;
  let environment: ReturnType<typeof environmentOn>;
  beforeAll(async () => {
    instance = await startInstance();
    environment = environmentOn(instance, instance.master);
    environment.putFor(APP, 'of the app');
    const { host, port } = instance;
    environment.put('goldenpath/dev/rds/check', { host, port, ...LOGIN });
    expect(await environment.run([APP])).toMatchObject({ outcome: 'done' });
    await instance.as(
      instance.master,
      'postgres',
      `CREATE ROLE ${LOGIN.username} LOGIN NOINHERIT CONNECTION LIMIT 5 PASSWORD '${LOGIN.password}'`,
    );
  });
  afterAll(() => instance?.stop());

  const check = () =>
    environment.run([APP], {
      mode: 'check',
      masterSecret: 'goldenpath/dev/rds/check',
    });

  it('finds nothing where nothing has drifted', async () => {
    const { databases, events } = await check();
    expect(events).toContainEqual({
      type: 'note',
      text: expect.stringContaining('This login only reads'),
    });
    expect(databases).toEqual([
      expect.objectContaining({ problems: [], outcome: 'unchanged' }),
    ]);
  });

  it('is no master: a plain run with it is refused', async () => {
    await expect(
      environment.run([APP], { masterSecret: 'goldenpath/dev/rds/check' }),
    ).rejects.toThrow('lacks CREATEDB and CREATEROLE');
  });

  it.each([
    { drift: 'GRANT CONNECT ON DATABASE users_db TO PUBLIC' },
    { drift: 'ALTER ROLE users_db_user CREATEDB' },
    { drift: `ALTER ROLE users_db_user PASSWORD 'another'` },
    { drift: 'GRANT pg_monitor TO users_db_user' },
    { drift: 'REVOKE CONNECT ON DATABASE users_db FROM users_db_user' },
  ])('finds $drift', async ({ drift }) => {
    await instance.sql(drift);
    expect(await check()).toMatchObject({ outcome: 'drift' });
    await environment.run([APP]);
  });

  it.each([
    'CREATE DATABASE mine',
    'CREATE ROLE mine',
    'ALTER ROLE users_db_user CONNECTION LIMIT 1',
    'GRANT users_db_user TO goldenpath_check',
    'SET ROLE users_db_user',
    'CREATE TABLE mine ()',
    'SELECT rolpassword FROM pg_authid',
  ])('the login may not %s', async statement => {
    await expect(instance.as(LOGIN, 'postgres', statement)).rejects.toThrow(
      /permission denied|must be owner/,
    );
  });

  it("the login doesn't enter a team's database", async () => {
    await expect(instance.as(LOGIN, 'users_db', 'SELECT 1')).rejects.toThrow(
      /permission denied for database/,
    );
  });
});
