import type { GrantorRow, RowNames } from './grantors';

const quote = (name: string) => `"${name.replace(/"/g, '""')}"`;

const member = (of: string, to: string, isAdmin = false) =>
  `GRANT ${quote(of)} TO ${quote(to)}${isAdmin ? ' WITH ADMIN OPTION' : ''}`;

const groupOf = (names: RowNames, version: number): Array<[string, string]> =>
  // The creator of a role has ADMIN OPTION on it since 16.
  version >= 16
    ? [[names.master, `CREATE ROLE ${quote(names.other('g'))}`]]
    : [
        [names.master, `CREATE ROLE ${quote(names.other('g'))}`],
        [names.master, member(names.other('g'), names.master, true)],
      ];

const SINCE_16 = 16;

/** CASES 3: memberships that an app role has, and passed on. */
export const membershipGrantors: GrantorRow[] = [
  {
    source: 'terraform-provider-postgresql #384',
    reason: 'the app role has ADMIN on a group and passed it on',
    roles: ['s'],
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [names.app, member(names.other('g'), names.other('s'))],
    ],
    shows: (_, version) =>
      version >= SINCE_16
        ? [
            /^revoke membership in .* g from .* s$/,
            /^revoke membership in .* g from gr.*_user$/,
          ]
        : [/^revoke membership in .* g from gr.*_user$/],
  },
  {
    source: 'terraform-provider-postgresql #384',
    reason: 'passed on in a chain of three',
    roles: ['s', 't', 'u'],
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [names.app, member(names.other('g'), names.other('s'), true)],
      [names.other('s'), member(names.other('g'), names.other('t'), true)],
      [names.other('t'), member(names.other('g'), names.other('u'))],
    ],
  },
  {
    source: 'kind of #384',
    reason: 'passed on to a role of another entry, which passes it on',
    roles: ['s'],
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [names.app, member(names.other('g'), names.neighbour, true)],
      [names.neighbour, member(names.other('g'), names.other('s'))],
    ],
  },
  {
    source: 'kind of #384',
    reason: 'two entries have ADMIN and gave it to the same role',
    roles: ['s', 't'],
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [names.master, member(names.other('g'), names.neighbour, true)],
      [names.app, member(names.other('g'), names.other('s'), true)],
      [names.neighbour, member(names.other('g'), names.other('s'), true)],
      [names.other('s'), member(names.other('g'), names.other('t'))],
    ],
  },
  {
    source: 'kind of #384',
    reason: 'granted by a superuser, and passed on',
    roles: ['g', 's'],
    arrange: names => [
      ['rdsadmin', member(names.other('g'), names.app, true)],
      [names.app, member(names.other('g'), names.other('s'))],
    ],
    needsPerson: (version, runAs) => version >= SINCE_16 && runAs === 'master',
  },
  {
    source: 'kind of #384',
    reason: 'granted by another role, twice, and passed on in a chain',
    roles: ['g', 'x', 'y', 's', 't'],
    arrange: names => [
      ['rdsadmin', member(names.other('g'), names.other('x'), true)],
      ['rdsadmin', member(names.other('g'), names.other('y'), true)],
      [names.other('x'), member(names.other('g'), names.app, true)],
      [names.other('y'), member(names.other('g'), names.app)],
      [names.app, member(names.other('g'), names.other('s'), true)],
      [names.other('s'), member(names.other('g'), names.other('t'))],
    ],
    needsPerson: (version, runAs) => version >= SINCE_16 && runAs === 'master',
  },
  {
    source: 'kind of #384',
    reason: 'granted by the master and by itself, and back by whom it lent it',
    since: SINCE_16,
    roles: ['s'],
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [names.app, member(names.other('g'), names.app)],
      [names.app, member(names.other('g'), names.other('s'), true)],
      [names.other('s'), member(names.other('g'), names.app)],
    ],
  },
  {
    source: 'kind of #384',
    reason: 'a dependent that keeps ADMIN from elsewhere keeps what it granted',
    since: SINCE_16,
    roles: ['s', 't'],
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [names.master, member(names.other('g'), names.other('s'), true)],
      [names.app, member(names.other('g'), names.other('s'), true)],
      [names.other('s'), member(names.other('g'), names.other('t'))],
    ],
    shows: () => [
      /^revoke membership in .* g from .* s$/,
      /^revoke membership in .* g from gr.*_user$/,
    ],
  },
  {
    source: 'kind of #384',
    reason: 'names with quotes and capitals',
    roles: ['S "s"'],
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [names.app, member(names.other('g'), names.other('S "s"'))],
    ],
  },
  {
    source: 'kind of #384',
    reason: 'a predefined role, from the master',
    arrange: names => [
      [names.master, member('pg_monitor', names.app, true)],
      [names.app, member('pg_monitor', names.neighbour)],
    ],
  },
  {
    source: 'kind of #384',
    reason: 'a predefined role, from a superuser',
    arrange: names => [['rdsadmin', member('pg_read_all_data', names.app)]],
    needsPerson: (version, runAs) => version >= SINCE_16 && runAs === 'master',
  },
  {
    source: 'kind of #384',
    reason: 'a role of another entry',
    arrange: names => [[names.runner, member(names.neighbour, names.app)]],
  },
  {
    source: 'kind of #384',
    reason: 'a hundred dependents, each by name',
    since: SINCE_16,
    roles: Array.from({ length: 100 }, (_, n) => `m${n}`),
    arrange: (names, version) => [
      ...groupOf(names, version),
      [names.master, member(names.other('g'), names.app, true)],
      [
        names.app,
        Array.from({ length: 100 }, (_, n) =>
          member(names.other('g'), names.other(`m${n}`)),
        ).join('; '),
      ],
    ],
  },
];
