import {
  isFilledIn,
  PolicyValues,
  readStatements,
  RoleDocuments,
  Statement,
} from './iamPolicy';
import {
  checkReading,
  createNote,
  createOpenPoint,
  Reading,
  SetupPoint,
} from './setupPoint';

/** Policy of platform/iam, which also names the trust policy. */
export type RoleKind = 'apply' | 'plan' | 'check' | 'rotation';

/** A role that a variable names, with every environment that it serves. */
export interface ExpectedRole {
  kind: RoleKind;
  arn: string;
  environments: Array<{
    /** Of the placeholders in the policies. */
    values: PolicyValues;
    /** Whether the databases share their root with other resources. */
    isShared: boolean;
    /** ARN of a master's secret that RDS manages. */
    masterSecret: string | undefined;
  }>;
}

/** The templates of one kind, from the infra repo's folder `iam`. */
export interface PolicyTemplates {
  permissions: unknown;
  trust: unknown;
}

/** Statements that an installation without its own KMS keys leaves out. docs/install.md, step 3. */
const OPTIONAL = /^OnlyWhere/;
/** The only statements that may also name the master's secret that RDS manages. */
const READS_MASTER = ['ReadMasterAndAppSecrets', 'ReadMaster'];

/** Compares a role with the policies of platform/iam, statement by statement. */
export const findRolePoints = (
  role: ExpectedRole,
  templates: PolicyTemplates,
  reading: Reading<RoleDocuments>,
): SetupPoint[] =>
  checkReading(`role ${role.arn}`, reading, ({ trust, permissions }) => [
    ...compare(role, `iam/trust-${role.kind}.json`, {
      templates: readStatements(templates.trust).map(template => [
        template,
        removeIds(template),
      ]),
      actual: readStatements(trust),
    }),
    ...compare(role, `iam/${role.kind}.json`, {
      templates: readStatements(templates.permissions).map(template => [
        template,
      ]),
      actual: permissions.flatMap(readStatements),
    }),
  ]);

/** Older repos and GitHub Enterprise Server have no IDs in `sub`. */
const removeIds = (template: Statement): Statement => ({
  ...template,
  elements: Object.fromEntries(
    Object.entries(template.elements).map(([path, texts]) => [
      path,
      texts.map(text => text.replace(/@<(?:owner|infra-repo)-id>/g, '')),
    ]),
  ),
});

const compare = (
  { arn, environments }: ExpectedRole,
  file: string,
  {
    templates,
    actual,
  }: {
    /** Each with its permitted forms. */
    templates: Statement[][];
    actual: Statement[];
  },
): SetupPoint[] => {
  const isOneOf = (
    forms: Statement[],
    found: Statement,
    { values, masterSecret }: ExpectedRole['environments'][number],
  ) =>
    forms.some(
      form =>
        isFilledIn(form, found, values) ||
        (READS_MASTER.includes(form.sid ?? '') &&
          isFilledIn(form, withoutMaster(found, masterSecret), values)),
    );
  const missing = environments.flatMap(environment =>
    templates
      .filter(([{ sid }]) => !OPTIONAL.test(sid ?? ''))
      .filter(
        forms => !actual.some(found => isOneOf(forms, found, environment)),
      )
      .map(([{ sid }]) =>
        createOpenPoint(
          `role ${arn}: ${nameStatement(sid)} of ${file} for ${
            environment.values.environment
          } is missing, or different`,
          {
            why: 'A step of the workflows fails, or may do more than docs/trust.md says.',
            next: 'Fill the policy in as docs/install.md, step 3, shows, and put it again.',
          },
        ),
      ),
  );
  const extra = actual
    .filter(
      found =>
        found.effect === 'Allow' &&
        !environments.some(environment =>
          templates.some(forms => isOneOf(forms, found, environment)),
        ),
    )
    .map(found => {
      const what = `role ${arn}: ${nameStatement(found.sid)} is not in ${file}`;
      return environments.some(({ isShared }) => isShared)
        ? createNote(`${what}; the root has other resources too.`)
        : createOpenPoint(what, {
            why: 'It may allow more than docs/trust.md says.',
            next: 'Remove it, or correct it.',
          });
    });
  return [...missing, ...extra];
};

const nameStatement = (sid: string | undefined) =>
  sid ? `statement ${sid}` : 'a statement';

/** docs/install.md, step 2: the ARN of a master's secret that RDS manages is one more resource. */
const withoutMaster = (
  found: Statement,
  masterSecret: string | undefined,
): Statement => {
  const { Resource: resources } = found.elements;
  if (masterSecret === undefined || !resources?.includes(masterSecret))
    return found;
  return {
    ...found,
    elements: {
      ...found.elements,
      Resource: resources.filter(one => one !== masterSecret),
    },
  };
};
