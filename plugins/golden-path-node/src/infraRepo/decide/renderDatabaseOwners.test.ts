import { parse, stringify } from 'yaml';
import { entryOf } from '../testing/catalogText';
import { renderDatabaseOwners } from './renderDatabaseOwners';

const PATH = 'rds-catalog.yaml';
const owned = (
  databaseName: string,
  owner: string,
  {
    environment = 'dev',
    secret,
  }: { environment?: string; secret?: string } = {},
) => {
  const entry = entryOf(databaseName, undefined, environment);
  return {
    ...entry,
    metadata: { ...entry.metadata, owner },
    configuration: {
      ...entry.configuration,
      ...(secret ? { secret_path: secret } : {}),
    },
  };
};
const render = (
  databases: Record<string, Record<string, object>>,
  options: { environment?: string; secretPrefix?: string } = {},
) =>
  renderDatabaseOwners(stringify({ version: '1.0', databases }), PATH, {
    store: 'aws-secrets-manager',
    ...options,
  });

const DATABASES = {
  prod: { users_db: owned('users_db', 'team-a', { environment: 'prod' }) },
  dev: {
    users_db: owned('users_db', 'team-b'),
    orders_db: owned('orders_db', 'payments/core'),
    audit_db: owned('audit_db', 'team-b', {
      secret: 'goldenpath/dev/audit/postgres',
    }),
  },
};

describe('renderDatabaseOwners', () => {
  it('lists for each owner the secrets of its databases, in the same order each time', () => {
    expect(render(DATABASES)).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: goldenpath-database-owners
  namespace: goldenpath-rds
data:
  _store: aws-secrets-manager
  payments..core: goldenpath/dev/orders_db/postgres
  team-a: goldenpath/prod/users_db/postgres
  team-b: |-
    goldenpath/dev/audit/postgres
    goldenpath/dev/users_db/postgres
`);
  });

  it('lists all secrets of a group under each spelling of its name', () => {
    const text = render({
      dev: {
        users_db: owned('users_db', 'Platform-Team'),
        orders_db: owned('orders_db', 'platform-team'),
        other_db: owned('other_db', 'Payments-Team'),
      },
    });
    const both =
      'goldenpath/dev/orders_db/postgres\ngoldenpath/dev/users_db/postgres';
    expect(parse(text).data).toEqual({
      _store: 'aws-secrets-manager',
      'Platform-Team': both,
      'platform-team': both,
      'Payments-Team': 'goldenpath/dev/other_db/postgres',
      'payments-team': 'goldenpath/dev/other_db/postgres',
    });
  });

  it.each(['1_000', '0x10', '0o17', '2026-11-24', 'y', 'null', '1e3'])(
    'has the owner %s as a text, as kubectl reads YAML too',
    owner => {
      const text = render({ dev: { users_db: owned('users_db', owner) } });
      expect(text).toContain(`\n  "${owner}": goldenpath/`);
    },
  );

  it('lists one environment alone', () => {
    const text = render(DATABASES, { environment: 'prod' });
    expect(text).toContain('team-a: goldenpath/prod/users_db/postgres');
    expect(text).not.toContain('/dev/');
  });

  it('an empty catalog gives nobody anything', () => {
    expect(render({})).toMatch(/data:\n {2}_store: aws-secrets-manager\n$/);
  });

  it.each([
    {
      reason: "another environment's secret",
      secret: 'goldenpath/prod/users_db/postgres',
    },
    { reason: "the master's", secret: 'goldenpath/dev/rds/master' },
    { reason: 'any other', secret: 'payroll' },
    { reason: 'a longer path', secret: 'goldenpath/dev/a/b/postgres' },
    { reason: 'two in one', secret: 'goldenpath/dev/a\nb/postgres' },
    { reason: 'another prefix', secret: 'other/dev/users_db/postgres' },
  ])('refuses an entry that claims $reason', ({ secret }) => {
    expect(() =>
      render({ dev: { users_db: owned('users_db', 'team-a', { secret }) } }),
    ).toThrow(
      `${PATH}:4: users_db: the secret_path ${JSON.stringify(
        secret,
      )} is not the secret of a database in dev; use goldenpath/dev/users_db/postgres.`,
    );
  });

  it('refuses two owners of one secret', () => {
    expect(() =>
      render({
        dev: {
          users_db: owned('users_db', 'team-a'),
          mine: owned('mine', 'team-b', {
            secret: 'goldenpath/dev/users_db/postgres',
          }),
        },
      }),
    ).toThrow(
      'mine: team-b and team-a both claim goldenpath/dev/users_db/postgres',
    );
  });

  it('refuses two owners with one label', () => {
    expect(() =>
      render({
        dev: {
          users_db: owned('users_db', 'payments/core'),
          mine: owned('mine', 'payments..core'),
        },
      }),
    ).toThrow('have the same label payments..core');
  });
});
