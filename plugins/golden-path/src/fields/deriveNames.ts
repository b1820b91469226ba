import {
  FIELD_RULES,
  findFieldProblems,
} from '@goldenpath/plugin-golden-path-common';

/** The fields that are filled from the app's name, and how their names end. */
const SUFFIXES = { databaseName: '_db', username: '_app_user' } as const;

export type DerivedField = keyof typeof SUFFIXES;
export const DERIVED_FIELDS = Object.keys(SUFFIXES) as DerivedField[];

/** Before a name that PostgreSQL or RDS reserves, such as `rds_tools_app_user`. */
const PREFIX = 'app_';

/**
 * A name for a database or its user: the app's with underscores, cut to what the field holds, and a suffix, such as
 * `user_service_db` and `user_service_app_user`. Empty if the app's name has no letter yet.
 */
export const deriveName = (field: DerivedField, appName: string): string => {
  const base = appName
    .toLocaleLowerCase('en')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[0-9_]+|_+$/g, '');
  if (base === '') return '';
  const name = fitName(field, base);
  return findFieldProblems(field, name).length === 0
    ? name
    : fitName(field, `${PREFIX}${base}`);
};

const fitName = (field: DerivedField, base: string) => {
  const suffix = SUFFIXES[field];
  const room = FIELD_RULES[field].maxLength - suffix.length;
  return `${base.slice(0, room).replace(/_+$/, '')}${suffix}`;
};
