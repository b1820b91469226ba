import { z } from 'zod';
import { declaredFieldProblems, RuledField } from './fieldRules';
import {
  createChoiceField,
  createOwnerField,
  Problem,
  toProblems,
  createRuledField,
} from './fields';
import { Risk, RISKS, Size, SIZES } from './options';
import { DatabaseRequest } from './request';

/**
 * A database as the infra repo declares it.
 *
 * @public
 */
export type DeclaredDatabase = Omit<
  DatabaseRequest,
  'description' | 'existingApp'
>;

/**
 * Its fields before they are checked.
 *
 * @public
 */
export type DeclaredFields = Record<keyof DeclaredDatabase, unknown>;

const ruled = (field: RuledField) =>
  createRuledField(field, declaredFieldProblems);

/** Platform teams choose these lists and may shorten them, so any valid name is accepted. */
const listed = (title: string) =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, {
    message: `${title}: use letters, digits, blanks, ".", "_" and "-", beginning with a letter or digit.`,
  });

/**
 * The schema of an existing entry: what may be provisioned. It checks
 *
 * - the patterns of the specification (`component_id`, `databaseName`, `username`), of an owner and of a user;
 * - names that protect the instance: the databases of PostgreSQL and RDS, the role names that PostgreSQL rejects
 *   (`pg_…`, `public`, `none`) and the roles that `--adopt` could take from RDS (`postgres`, `rdsadmin`, `rds_…`). The
 *   provisioner, which knows the name of the master, rejects that one too;
 * - sizes and risks, because other values are derived from them.
 *
 * It leaves out the rules for new names: lengths beyond the patterns, everything else in `FIELD_RULES.….not`, the
 * environments and domains on offer, small sizes in dev. A database created under older rules is still provisioned.
 *
 * @public
 */
export const declaredSchema = z
  .object({
    component_id: ruled('component_id'),
    databaseName: ruled('databaseName'),
    username: ruled('username'),
    owner: createOwnerField(declaredFieldProblems),
    environment: listed('Environment'),
    domain: listed('Domain'),
    risk: createChoiceField('Risk', RISKS).transform(value => value as Risk),
    size: createChoiceField('Size', SIZES).transform(value => value as Size),
    requestedBy: ruled('requestedBy'),
  })
  .strict();

/**
 * Parses an existing entry; returns a problem for every rule that it breaks.
 *
 * @public
 */
export const parseDeclared = (
  fields: DeclaredFields,
): { declared: DeclaredDatabase } | { problems: Problem[] } => {
  const result = declaredSchema.safeParse(fields);
  return result.success
    ? { declared: result.data }
    : { problems: toProblems(result.error) };
};
