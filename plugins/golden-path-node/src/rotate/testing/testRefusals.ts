import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { entry, Instance } from '../../provision/testing/instance';
import type { RotationDeps } from '../ports';
import { rotationOn, RotationWorld } from './rotationOn';

interface Refusal {
  reason: string;
  words: RegExp;
  /** Rotate once before, so that there is a second login. */
  isRotated?: boolean;
  arrange?(
    app: TfvarsEntry,
    at: { world: RotationWorld; sql: Instance['sql']; instance: Instance },
  ): Promise<unknown>;
  deps?(app: TfvarsEntry, world: RotationWorld): RotationDeps;
}

const REFUSALS: Refusal[] = [
  {
    reason: 'an unmanaged role has the name of the second login',
    words: /Role \w+_clone exists and is not managed/,
    arrange: ({ username }, { sql }) =>
      sql(`CREATE ROLE ${username}_clone LOGIN PASSWORD 'theirs'`),
  },
  {
    reason: 'the second login owns things',
    isRotated: true,
    words: /_clone, the second login of \w+, owns objects/,
    arrange: (app, { world }) =>
      world.query(
        app,
        'AWSCURRENT',
        'SET ROLE NONE; CREATE TABLE mine (n int)',
      ),
  },
  {
    reason: 'the second login has members',
    isRotated: true,
    words: /has the member \w+_friend/,
    arrange: async ({ username }, { sql }) => {
      await sql(`CREATE ROLE ${username}_friend LOGIN`);
      await sql(`GRANT ${username}_clone TO ${username}_friend`);
    },
  },
  {
    reason: 'the second login is a member of another role',
    isRotated: true,
    words: /is a member of \w+_group/,
    arrange: async ({ username }, { sql }) => {
      await sql(`CREATE ROLE ${username}_group`);
      await sql(`GRANT ${username}_group TO ${username}_clone`);
    },
  },
  {
    reason: 'the second login has settings',
    isRotated: true,
    words:
      /_clone, the second login of \w+, has settings of its own \(search_path, role, app\.jwt\).* ALTER ROLE "\w+_clone" RESET "search_path"; ALTER ROLE "\w+_clone" IN DATABASE "postgres" RESET "role"; ALTER ROLE "\w+_clone" IN DATABASE "\w+" RESET "app\.jwt";$/,
    arrange: async ({ username, databaseName }, { sql }) => {
      await sql(`ALTER ROLE ${username}_clone SET search_path = app`);
      await sql(
        `ALTER ROLE ${username}_clone IN DATABASE postgres SET role = none`,
      );
      await sql(
        `ALTER ROLE ${username}_clone IN DATABASE ${databaseName} SET app.jwt = 'theirs'`,
      );
    },
  },
  {
    reason: 'the second login is a superuser',
    isRotated: true,
    words: /_clone has SUPERUSER/,
    arrange: ({ username }, { sql }) =>
      sql(`ALTER ROLE ${username}_clone SUPERUSER`),
  },
  {
    reason: 'the mark is that of another secret',
    words: /is managed by secret goldenpath\/dev\/other\/postgres/,
    arrange: ({ username }, { sql }) =>
      sql(
        `COMMENT ON ROLE ${username} IS 'Managed by goldenpath-rds: secret goldenpath/dev/other/postgres, version v1'`,
      ),
  },
  {
    reason: 'the role has settings that the second login would not have',
    words: /has settings of its own \(app\.jwt, search_path\)/,
    arrange: async ({ username }, { sql }) => {
      await sql(`ALTER ROLE ${username} SET search_path = app`);
      await sql(`ALTER ROLE ${username} SET app.jwt = 'theirs'`);
    },
  },
  {
    reason: 'nothing was provisioned',
    words: /Role \w+ does not exist. Run goldenpath-rds provision first/,
    arrange: async ({ username, databaseName }, { sql }) => {
      await sql(`DROP DATABASE ${databaseName}`);
      await sql(`DROP ROLE ${username}`);
    },
  },
  {
    reason: 'the database belongs to another role',
    words: /Database \w+ belongs to \w+, not to/,
    arrange: ({ databaseName }, { sql }) =>
      sql(`ALTER DATABASE ${databaseName} OWNER TO CURRENT_USER`),
  },
  {
    reason: 'the secret names another host',
    words: /host is "elsewhere"/,
    arrange: (app, { world }) =>
      world.put(app, {
        host: 'elsewhere',
        username: app.username,
        password: 'x',
      }),
  },
  {
    reason: 'the secret names a stranger',
    words: /username is "stranger"/,
    arrange: (app, { world }) =>
      world.put(app, { username: 'stranger', password: 'x' }),
  },
  {
    reason: 'the secret is deleted',
    words: /marked for deletion; restore it/,
    arrange: (app, { world }) =>
      world.client.send(new DeleteSecretCommand({ SecretId: world.idOf(app) })),
  },
  {
    reason: 'no entry declares it',
    words: /declares no database/,
    deps: (_, world) => world.deps([entry('somebody')]),
  },
  {
    reason: 'another entry declares the name of the second login',
    words: /another entry declares as its own role/,
    arrange: ({ username }, { sql }) =>
      sql(`CREATE ROLE ${username}_clone LOGIN PASSWORD 'theirs'`),
    deps: (app, world) =>
      world.deps([
        app,
        entry('somebody', { username: `${app.username}_clone` }),
      ]),
  },
];

/** What keeps a password from being rotated. Nothing is pending afterwards, and the current login works. */
export const testRefusals = (instance: () => Instance) => {
  let world: RotationWorld;
  beforeAll(async () => {
    world = await rotationOn(instance(), instance().master);
  });
  afterAll(() => world?.stop());

  it.each(REFUSALS.map((refusal, n) => ({ ...refusal, n })))(
    'refuses: $reason',
    async ({ words, isRotated, arrange, deps, n }) => {
      const app = entry(`refused_${n}`);
      await world.createFor(app);
      await world.run([app]);
      if (isRotated) {
        expect(
          await world.rotate(app, world.deps([app]), { isForced: true }),
        ).toMatchObject({
          outcome: 'rotated',
        });
      }
      await arrange?.(app, {
        world,
        sql: instance().sql,
        instance: instance(),
      });
      const stages = await world.describe(app);
      const result = await world.rotate(
        app,
        deps?.(app, world) ?? world.deps([app]),
        { isForced: true },
      );
      expect(result).toMatchObject({
        outcome: 'refused',
        reason: expect.stringMatching(words),
      });
      expect(await world.describe(app)).toEqual(stages);
      expect(
        /the first one|theirs/.test(JSON.stringify([result, world.rows])),
      ).toBe(false);
    },
  );
};
