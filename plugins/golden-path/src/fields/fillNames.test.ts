import fc from 'fast-check';
import {
  FIELD_RULES,
  findFieldProblems,
} from '@goldenpath/plugin-golden-path-common';
import { DERIVED_FIELDS, deriveName } from './deriveNames';
import { fillNames, findEditedFields, FormValues } from './fillNames';

const appNames = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,5}$/),
    fc.stringMatching(/^[a-z][a-z0-9]{40,49}$/),
    fc.stringMatching(/^(pg|rds|postgres|app)(-?[a-z0-9]{1,4}){0,3}$/),
  )
  .filter(name => findFieldProblems('component_id', name).length === 0);

describe('names from the name of an app', () => {
  it.each([
    ['user-service', 'user_service_db', 'user_service_app_user', 'as it is'],
    ['User Service!', 'user_service_db', 'user_service_app_user', 'a bad name'],
    ['user-', 'user_db', 'user_app_user', 'a name that is being typed'],
    ['pg-tools', 'app_pg_tools_db', 'app_pg_tools_app_user', 'pg_ is reserved'],
    ['rds', 'rds_db', 'app_rds_app_user', 'no user may begin with rds'],
    ['', '', '', 'nothing yet'],
    ['42', '', '', 'no letter yet'],
    [
      'a'.repeat(50),
      `${'a'.repeat(50)}_db`,
      `${'a'.repeat(22)}_app_user`,
      'cut to what PostgreSQL holds',
    ],
  ])('%s: %s, %s (%s)', (appName, databaseName, username) => {
    expect({
      databaseName: deriveName('databaseName', appName),
      username: deriveName('username', appName),
    }).toEqual({ databaseName, username });
  });

  it('are valid for every valid app', () => {
    fc.assert(
      fc.property(appNames, appName => {
        for (const field of DERIVED_FIELDS)
          expect(findFieldProblems(field, deriveName(field, appName))).toEqual(
            [],
          );
      }),
      { numRuns: 500 },
    );
    expect(FIELD_RULES.username.maxLength).toBe(31);
  });
});

/** A person at the form: each change is one field's new value. */
const typeInto = (changes: Array<[string, string]>) => {
  let values: FormValues = {};
  let edited = findEditedFields(values);
  for (const [field, value] of changes)
    ({ values, edited } = fillNames(edited, values, {
      ...values,
      [field]: value,
    }));
  return { values, edited };
};

describe('a form that is being filled', () => {
  it('follows the name of the app', () => {
    expect(
      typeInto([
        ['component_id', 'user'],
        ['component_id', 'user-service'],
      ]).values,
    ).toMatchObject({
      databaseName: 'user_service_db',
      username: 'user_service_app_user',
    });
  });

  it.each([
    [[['databaseName', 'users_db']], 'users_db', 'written first'],
    [
      [
        ['component_id', 'user'],
        ['databaseName', 'users_db'],
      ],
      'users_db',
      'written over the filled one',
    ],
    [
      [
        ['component_id', 'user'],
        ['databaseName', ''],
      ],
      '',
      'cleared',
    ],
    [
      [
        ['component_id', 'user'],
        ['databaseName', 'users_db'],
        ['component_id', 'users'],
      ],
      'users_db',
      'what would be filled is the same for a moment',
    ],
  ] as Array<[Array<[string, string]>, string, string]>)(
    'keeps what a person did: %j leaves "%s" (%s)',
    (changes, kept) => {
      const { values } = typeInto([...changes, ['component_id', 'billing']]);
      expect(values.databaseName).toBe(kept);
      expect(values.username).toBe('billing_app_user');
    },
  );

  it('begins anew when the app and the field are empty', () => {
    expect(
      typeInto([
        ['component_id', 'user'],
        ['databaseName', ''],
        ['component_id', ''],
        ['component_id', 'billing'],
      ]).values.databaseName,
    ).toBe('billing_db');
  });

  it('opened again, knows what was filled and what a person wrote', () => {
    expect([
      ...findEditedFields({
        component_id: 'user-service',
        databaseName: 'users_db',
        username: 'user_service_app_user',
      }),
    ]).toEqual(['databaseName']);
  });

  it('leaves out what the form has no field for', () => {
    expect(
      fillNames(new Set(), {}, { component_id: 'user' }, []).values,
    ).toEqual({ component_id: 'user' });
  });

  const change = fc.oneof(
    fc.tuple(fc.constant('component_id'), fc.oneof(appNames, fc.constant(''))),
    fc.tuple(
      fc.constantFrom(...DERIVED_FIELDS),
      fc.stringMatching(/^[a-z_]{0,6}$/),
    ),
  );

  it('never overwrites an edit, whatever happens to the other fields', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 12 }),
        fc.constantFrom(...DERIVED_FIELDS),
        fc.stringMatching(/^[a-z_]{1,8}$/),
        fc.array(change, { maxLength: 12 }),
        (earlier, field, edit, later) => {
          const before = typeInto(earlier).values[field];
          fc.pre(before !== edit);
          const others = later.filter(([changed]) => changed !== field);
          expect(
            typeInto([...earlier, [field, edit], ...others]).values[field],
          ).toBe(edit);
        },
      ),
    );
  });

  it('is filled, or else edited', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), changes => {
        const { values, edited } = typeInto(changes);
        for (const field of DERIVED_FIELDS)
          if (!edited.has(field))
            expect(values[field] ?? '').toBe(
              deriveName(field, values.component_id ?? ''),
            );
      }),
    );
  });
});
