import fc from 'fast-check';
import type { Statement } from './runStatement';

/** The roles of one random state, by part; `app` owns the database `database`. */
export interface Cast {
  app: string;
  database: string;
  /** Another app. */
  neighbour: string;
  neighbourDatabase: string;
  /** Two people, who log in, and two groups. */
  anna: string;
  bert: string;
  group: string;
  crowd: string;
  master: string;
}

type Part = Exclude<keyof Cast, 'database' | 'neighbourDatabase'>;
type Draw = (cast: Cast) => Statement;

const PEOPLE: Part[] = ['anna', 'bert', 'neighbour'];
const GROUPS: Part[] = ['group', 'crowd'];
const OTHERS: Part[] = [...PEOPLE, ...GROUPS];

const part = (...parts: Part[]) => fc.constantFrom(...parts);
/** The superuser, or one of the roles. */
const actor = fc.constantFrom<Part | undefined>(
  undefined,
  'app',
  'master',
  'anna',
  'group',
  'crowd',
  'bert',
);
const as = (cast: Cast, who: Part | undefined) =>
  who === undefined ? undefined : cast[who];
const pick = (...texts: string[]) => fc.constantFrom(...texts);

/** Database privileges, by whoever may grant them: the server refuses the others. */
const databaseGrant = fc
  .tuple(
    actor,
    pick('CONNECT', 'TEMPORARY', 'CREATE', 'ALL'),
    fc.constantFrom<Part | 'PUBLIC'>('PUBLIC', ...OTHERS, 'app', 'master'),
    fc.boolean(),
  )
  .map(
    ([who, privilege, to, lends]): Draw =>
      cast => ({
        as: as(cast, who),
        sql: `GRANT ${privilege} ON DATABASE ${cast.database} TO ${
          to === 'PUBLIC' ? to : cast[to]
        }${lends && to !== 'PUBLIC' ? ' WITH GRANT OPTION' : ''}`,
      }),
  );

/** A chain from the owner over its borrowers, so that it needn't come by chance. */
const lending = fc
  .tuple(
    pick('CONNECT', 'TEMPORARY', 'CREATE'),
    fc.shuffledSubarray<Part>(OTHERS, { minLength: 2, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([privilege, [first, ...rest], isOpen]): Draw[] => {
    const steps: Array<[Part, Part]> = [];
    let from: Part = 'app';
    for (const to of [first, ...rest]) {
      steps.push([from, to]);
      from = to;
    }
    return [
      ...steps.map(
        ([who, to]): Draw =>
          cast => ({
            as: cast[who],
            sql: `GRANT ${privilege} ON DATABASE ${cast.database} TO ${cast[to]} WITH GRANT OPTION`,
          }),
      ),
      ...(isOpen
        ? [
            (cast: Cast) => ({
              as: cast[from],
              sql: `GRANT ${privilege} ON DATABASE ${cast.database} TO PUBLIC`,
            }),
          ]
        : []),
    ];
  });

const databaseRevoke = fc
  .tuple(
    actor,
    pick('CONNECT', 'TEMPORARY', 'CREATE', 'GRANT OPTION FOR CONNECT', 'ALL'),
    fc.constantFrom<Part>('app', 'master', ...OTHERS),
    fc.boolean(),
  )
  .map(
    ([who, privilege, from, cascades]): Draw =>
      cast => ({
        as: as(cast, who),
        sql: `REVOKE ${privilege} ON DATABASE ${cast.database} FROM ${
          cast[from]
        }${cascades ? ' CASCADE' : ''}`,
      }),
  );

const membership = (version: number) =>
  fc
    .tuple(
      actor,
      part('app', ...GROUPS, ...PEOPLE),
      part('app', ...OTHERS, 'master'),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([who, role, to, admin, inherit, set]): Draw => {
      const options =
        version >= 16
          ? ` WITH ADMIN ${admin}, INHERIT ${inherit}, SET ${set}`
          : `${admin ? ' WITH ADMIN OPTION' : ''}`;
      return cast => ({
        as: as(cast, who),
        sql: `GRANT ${cast[role]} TO ${cast[to]}${options}`,
      });
    });

const predefined = fc
  .tuple(pick('pg_read_all_data', 'pg_monitor'), part('app', 'anna'))
  .map(
    ([role, to]): Draw =>
      cast => ({ sql: `GRANT ${role} TO ${cast[to]}` }),
  );

const attribute = pick(
  'NOLOGIN',
  'CREATEDB',
  'CREATEROLE',
  'NOINHERIT',
  'BYPASSRLS',
  'REPLICATION',
  'CONNECTION LIMIT 0',
  'CONNECTION LIMIT 1',
  'CONNECTION LIMIT 40',
  `VALID UNTIL '2001-01-01'`,
  `VALID UNTIL '2101-01-01'`,
  `PASSWORD 'another'`,
  'PASSWORD NULL',
).map(
  (text): Draw =>
    cast => ({ sql: `ALTER ROLE ${cast.app} ${text}` }),
);

const SETTINGS: Array<[string, string]> = [
  ['default_transaction_read_only', 'on'],
  ['default_transaction_read_only', 'off'],
  ['statement_timeout', `'1ms'`],
  ['statement_timeout', `'45s'`],
  ['lock_timeout', `'1s'`],
  ['idle_session_timeout', '1'],
  ['search_path', 'nowhere'],
  ['search_path', `''`],
  ['search_path', '"$user", public'],
  ['search_path', 'public, extra'],
  ['work_mem', `'16MB'`],
  ['role', `'pg_monitor'`],
  ['default_tablespace', `'nowhere'`],
  ['temp_file_limit', '0'],
  ['row_security', 'off'],
  ['client_min_messages', 'debug1'],
  ['default_transaction_isolation', 'serializable'],
  ['session_preload_libraries', `'no_such_library'`],
  ['TimeZone', `'Asia/Kathmandu'`],
  ['DateStyle', `'German'`],
  ['bytea_output', 'escape'],
  ['check_function_bodies', 'off'],
];
const setting = fc
  .tuple(
    pick('role', 'database', 'both', 'all in database'),
    fc.constantFrom(...SETTINGS),
    fc.boolean(),
  )
  .map(([where, [name, value], isReset]): Draw => {
    const what = isReset ? `RESET ${name}` : `SET ${name} = ${value}`;
    return ({ app, database }) => ({
      sql: {
        role: `ALTER ROLE ${app} ${what}`,
        database: `ALTER DATABASE ${database} ${what}`,
        both: `ALTER ROLE ${app} IN DATABASE ${database} ${what}`,
        'all in database': `ALTER ROLE ALL IN DATABASE ${database} ${what}`,
      }[where]!,
    });
  });

const ofDatabase = pick(
  'CONNECTION LIMIT 0',
  'CONNECTION LIMIT 1',
  'CONNECTION LIMIT 60',
  'ALLOW_CONNECTIONS false',
  'IS_TEMPLATE true',
).map(
  (text): Draw =>
    cast => ({ sql: `ALTER DATABASE ${cast.database} ${text}` }),
);

const owner = part('master', 'group', 'anna').map(
  (to): Draw =>
    cast => ({ sql: `ALTER DATABASE ${cast.database} OWNER TO ${cast[to]}` }),
);

const inside = fc
  .tuple(
    actor,
    part(...OTHERS, 'app', 'master'),
    pick(
      'GRANT CREATE ON SCHEMA public TO <to>',
      'GRANT CREATE ON SCHEMA public TO PUBLIC',
      'GRANT USAGE, CREATE ON SCHEMA extra TO <to> WITH GRANT OPTION',
      'REVOKE ALL ON SCHEMA public FROM PUBLIC',
      'REVOKE USAGE ON SCHEMA public FROM PUBLIC',
      'ALTER SCHEMA public OWNER TO <to>',
      'ALTER SCHEMA extra OWNER TO <to>',
      'ALTER TABLE extra.rows OWNER TO <to>',
      'ALTER FUNCTION extra.one() OWNER TO <to>',
      'DROP SCHEMA public CASCADE',
      'CREATE TABLE extra.more (id int)',
      'GRANT SELECT ON ALL TABLES IN SCHEMA extra TO <to>',
      'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO <to>',
      'ALTER DEFAULT PRIVILEGES IN SCHEMA extra GRANT SELECT ON TABLES TO PUBLIC',
      'ALTER DEFAULT PRIVILEGES FOR ROLE <app> GRANT USAGE ON SCHEMAS TO <to>',
      'ALTER DEFAULT PRIVILEGES FOR ROLE <app> REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
    ),
  )
  .map(
    ([who, to, text]): Draw =>
      cast => ({
        as: as(cast, who),
        database: cast.database,
        sql: text.replaceAll('<to>', cast[to]).replaceAll('<app>', cast.app),
      }),
  );

const comment = fc
  .tuple(
    fc.constantFrom<'ROLE' | 'DATABASE'>('ROLE', 'DATABASE'),
    pick(
      'NULL',
      `'somebody''s'`,
      `'Managed by goldenpath-rds: secret goldenpath/prod/elsewhere/postgres, version v1'`,
    ),
  )
  .map(
    ([kind, text]): Draw =>
      cast => ({
        sql: `COMMENT ON ${kind} ${
          kind === 'ROLE' ? cast.app : cast.database
        } IS ${text}`,
      }),
  );

/** Random statements of administrators, owners and borrowers. The server decides which are legal. */
export const randomStatements = (version: number): fc.Arbitrary<Draw[]> => {
  const one = (arbitrary: fc.Arbitrary<Draw>) => arbitrary.map(draw => [draw]);
  return fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: one(databaseGrant) },
        { weight: 2, arbitrary: lending },
        { weight: 2, arbitrary: one(databaseRevoke) },
        { weight: 4, arbitrary: one(membership(version)) },
        { weight: 1, arbitrary: one(predefined) },
        { weight: 3, arbitrary: one(attribute) },
        { weight: 3, arbitrary: one(setting) },
        { weight: 1, arbitrary: one(ofDatabase) },
        { weight: 1, arbitrary: one(owner) },
        { weight: 3, arbitrary: one(inside) },
        { weight: 1, arbitrary: one(comment) },
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map(draws => draws.flat());
};
