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
export type DeclaredDatabase = Omit<DatabaseRequest, 'description'>;

/**
 * Its fields before they are checked.
 *
 * @public
 */
export type DeclaredFields = Record<keyof DeclaredDatabase, unknown>;

const ruled = (field: RuledField) =>
  createRuledField(field, declaredFieldProblems);

/** Platform teams choose these lists, and shorten them: whatever can be such a name is taken. */
const listed = (title: string) =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, {
    message: `${title}: use letters, digits, blanks, ".", "_" and "-", beginning with a letter or digit.`,
  });

/**
 * The schema of a database that is declared already: what may be provisioned. It holds
 *
 * - the patterns of the specification (`component_id`, `databaseName`, `username`), of an owner and of a user;
 * - what keeps the instance safe: the databases of PostgreSQL and RDS themselves, the role names that PostgreSQL refuses
 *   (`pg_…`, `public`, `none`) and the roles that `--adopt` could take from RDS (`postgres`, `rdsadmin`, `rds_…`). The
 *   name of the instance's own master is refused where it is known, in the provisioner;
 * - sizes and risks, which other things are derived from.
 *
 * It does not hold rules that are for new names only: lengths beyond the patterns, a first letter for Kubernetes, other
 * names that begin with `rds` or (databases) `pg_`, `current_user` and `session_user`, the environments and domains that
 * are offered today, small sizes in dev. A database that was made under older rules goes on being provisioned.
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
 * Reads what is declared already, or says every rule that it breaks.
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
