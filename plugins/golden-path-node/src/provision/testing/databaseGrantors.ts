import type { GrantorRow, RowNames } from './grantors';

const quote = (name: string) => `"${name.replace(/"/g, '""')}"`;

const grant = (
  { database }: RowNames,
  privileges: string,
  to: string,
  withOption = false,
) =>
  `GRANT ${privileges} ON DATABASE ${database} TO ${to}${
    withOption ? ' WITH GRANT OPTION' : ''
  }`;

/** Each role lends to the next, the last grants to PUBLIC. */
const chain = (
  names: RowNames,
  privileges: string,
  ...borrowers: string[]
): Array<[string, string]> => {
  const roles = [names.app, ...borrowers];
  return [
    ...borrowers.map((to, n): [string, string] => [
      roles[n],
      grant(names, privileges, quote(to), true),
    ]),
    [roles[roles.length - 1], grant(names, privileges, 'PUBLIC')],
  ];
};

/** CASES 2: privileges on a database whose grantor is not the owner. */
export const databaseGrantors: GrantorRow[] = [
  {
    source: 'terraform-provider-postgresql #133',
    reason: 'a borrower grants CONNECT to PUBLIC and keeps its own',
    roles: ['b'],
    arrange: names => chain(names, 'CONNECT', names.other('b')),
    shows: names => [
      new RegExp(
        `^revoke the grant option for CONNECT on database ${names.database} from ${names.database} b, and what depends on it \\(PUBLIC has CONNECT from ${names.database} b\\)$`,
      ),
    ],
    acl: ({ app, other }) =>
      `{${app}=CTc/${app},"\\"${other('b')}\\"=c/${app}"}`,
  },
  {
    source: 'terraform-provider-postgresql #197',
    reason: 'a borrower of a borrower grants it to PUBLIC',
    roles: ['b', 'c', 'd'],
    arrange: names =>
      chain(
        names,
        'CONNECT',
        names.other('b'),
        names.other('c'),
        names.other('d'),
      ),
    shows: () => [
      /from .* b, and what depends on it \(.* c has CONNECT from .* b; .* d has CONNECT from .* c; PUBLIC has CONNECT from .* d\)$/,
    ],
  },
  {
    source: 'kind of #133',
    reason: 'several privileges, some by the owner, some by two borrowers',
    roles: ['b', 'c'],
    arrange: names => [
      ...chain(names, 'CONNECT, TEMPORARY', names.other('b')),
      ...chain(names, 'CREATE, CONNECT', names.other('c')),
      [names.app, grant(names, 'CONNECT', 'PUBLIC')],
    ],
    shows: () => [
      /^revoke the grant option for (CONNECT, TEMPORARY|TEMPORARY, CONNECT) on .* b, /,
      /^revoke the grant option for (CONNECT, CREATE|CREATE, CONNECT) on .* c, /,
      /^revoke CONNECT on .* from PUBLIC$/,
    ],
  },
  {
    source: 'kind of #133',
    reason: 'the grantor has the option from the owner and from a borrower',
    roles: ['b', 'c'],
    arrange: names => [
      [names.app, grant(names, 'CONNECT', quote(names.other('c')), true)],
      ...chain(names, 'CONNECT', names.other('b'), names.other('c')),
    ],
    shows: () => [
      / from \S+ b, .*c has CONNECT from/,
      / from \S+ c, .*PUBLIC has/,
    ],
  },
  {
    source: 'kind of #133',
    reason: 'names with quotes, capitals, spaces and umlauts',
    roles: ['B "b"', 'Ü; DROP'],
    arrange: names =>
      chain(names, 'TEMPORARY', names.other('B "b"'), names.other('Ü; DROP')),
  },
  {
    source: 'kind of #133',
    reason: "the owner's own CONNECT is from the borrower",
    roles: ['b'],
    arrange: names => [
      ...chain(names, 'CONNECT', names.other('b')),
      [names.other('b'), grant(names, 'CONNECT', names.app, true)],
      [
        names.app,
        `REVOKE CONNECT ON DATABASE ${names.database} FROM ${names.app}`,
      ],
    ],
    shows: () => [/^revoke the grant option/, /^grant all privileges/],
  },
  {
    source: 'kind of #133',
    reason: 'the borrower is the master',
    arrange: names => [
      [names.app, grant(names, 'CONNECT', names.runner, true)],
      [
        'rdsadmin',
        `SET ROLE ${names.runner}; ${grant(names, 'CONNECT', 'PUBLIC')}`,
      ],
    ],
  },
  {
    source: 'kind of #197',
    reason: 'the borrower became a member of the owner: CASCADE stops there',
    roles: ['b'],
    arrange: names => [
      ...chain(names, 'CONNECT', names.other('b')),
      ['rdsadmin', `GRANT ${names.app} TO ${quote(names.other('b'))}`],
    ],
    shows: () => [
      /^revoke CONNECT on .* with the master as its owner meanwhile: revoke the grant option from .* b, and/,
    ],
    acl: ({ app, other }) =>
      `{${app}=CTc/${app},"\\"${other('b')}\\"=c/${app}"}`,
  },
  {
    source: 'kind of #197',
    reason:
      'the grantor has lost its grant option, and is a member of the owner',
    roles: ['b'],
    arrange: names => [
      ...chain(names, 'CONNECT', names.other('b')),
      ['rdsadmin', `GRANT ${names.app} TO ${quote(names.other('b'))}`],
      [
        names.app,
        `REVOKE CONNECT ON DATABASE ${names.database} FROM ${quote(
          names.other('b'),
        )} CASCADE`,
      ],
    ],
    shows: () => [
      /^revoke CONNECT on .* with the master as its owner meanwhile/,
    ],
    acl: ({ app }) => `{${app}=CTc/${app}}`,
  },
  {
    source: 'kind of #197',
    reason: 'the grantor has lost its grant option, and is no member any more',
    roles: ['b'],
    arrange: names => [
      ...chain(names, 'CONNECT', names.other('b')),
      ['rdsadmin', `GRANT ${names.app} TO ${quote(names.other('b'))}`],
      [
        names.app,
        `REVOKE GRANT OPTION FOR CONNECT ON DATABASE ${
          names.database
        } FROM ${quote(names.other('b'))} CASCADE`,
      ],
      ['rdsadmin', `REVOKE ${names.app} FROM ${quote(names.other('b'))}`],
    ],
    acl: ({ app, other }) =>
      `{${app}=CTc/${app},"\\"${other('b')}\\"=c/${app}"}`,
  },
  {
    source: 'kind of #197',
    reason: 'the borrower is a member of the owner and of the master',
    roles: ['b'],
    arrange: names => [
      ...chain(names, 'CONNECT', names.other('b')),
      [
        'rdsadmin',
        `GRANT ${names.app}, ${names.runner} TO ${quote(names.other('b'))}`,
      ],
    ],
    needsPerson: () => true,
  },
  {
    source: 'kind of #133',
    reason: 'a superuser grants to PUBLIC: the owner is the grantor',
    arrange: names => [['rdsadmin', grant(names, 'CONNECT, CREATE', 'PUBLIC')]],
    shows: () => [/^revoke CONNECT, CREATE on .* from PUBLIC$/],
  },
  {
    source: 'kind of #133',
    reason: 'an adopted database: the master lent, the borrower granted',
    adopt: true,
    roles: ['b'],
    arrange: names => [
      [names.runner, `CREATE DATABASE ${names.database}`],
      [names.runner, grant(names, 'CONNECT', quote(names.other('b')), true)],
      [names.other('b'), grant(names, 'CONNECT', 'PUBLIC')],
    ],
  },
  {
    source: 'kind of #133',
    reason: 'the borrower lends it to a neighbour only: nothing is declared',
    roles: ['b'],
    arrange: names => [
      [names.app, grant(names, 'CONNECT', quote(names.other('b')), true)],
      [names.other('b'), grant(names, 'CONNECT', names.neighbour)],
    ],
    shows: () => [],
  },
];
