import type { ExpectedRole, RoleKind } from './findRolePoints';
import {
  GitHubEnvironment,
  GitHubSetup,
  nameCheckEnvironment,
  nameRotateEnvironment,
  nameVariable,
  readVariable,
} from './githubSetup';
import type { Reading } from './setupPoint';

/** What names the roles, and fills in their policies. */
export interface RoleSources {
  settings: { environments: readonly string[]; secretPrefix: string };
  setup: Pick<GitHubSetup, 'variables' | 'environments' | 'ids'>;
  repo: { owner: string; repo: string };
  /** Name of the Terraform root by environment. */
  folders: Record<string, string | undefined>;
}

/** The issuer of the policies in platform/iam. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

/**
 * The issuer of GitHub's OIDC tokens without `https://`: of github.com, of a GHE.com subdomain, or of GitHub Enterprise Server.
 * https://docs.github.com/en/enterprise-server/actions/reference/security/oidc
 */
export const nameTokenIssuer = (apiUrl: string): string => {
  const { host } = new URL(apiUrl);
  if (host === 'api.github.com') return GITHUB_ISSUER;
  const subdomain = /^api\.([^.]+\.ghe\.com)$/.exec(host)?.[1];
  return subdomain ? `token.actions.${subdomain}` : `${host}/_services/token`;
};

const ROLE = /^arn:[a-z-]+:iam::(\d+):role\//;

/** Lists the roles that the variables name, each once with all environments that use it. */
export const listExpectedRoles = ({
  settings,
  setup,
  repo,
  folders,
}: RoleSources): ExpectedRole[] => {
  const ofRepo = readOr(setup.variables, {});
  const environments = readOr(setup.environments, []);
  const ids = readOr(setup.ids, undefined);
  const roles: ExpectedRole[] = [];
  for (const environment of settings.environments) {
    const found: Array<[RoleKind, string | undefined]> = [
      ['apply', readIn(environments, environment, 'AWS_APPLY_ROLE_ARN')],
      [
        'plan',
        readVariable(ofRepo, nameVariable('AWS_PLAN_ROLE_ARN', environment)) ??
          readVariable(ofRepo, 'AWS_PLAN_ROLE_ARN'),
      ],
      [
        'check',
        readIn(
          environments,
          nameCheckEnvironment(environment),
          'AWS_CHECK_ROLE_ARN',
        ),
      ],
      [
        'rotation',
        readIn(
          environments,
          nameRotateEnvironment(environment),
          'AWS_ROTATION_ROLE_ARN',
        ),
      ],
    ];
    const master = nameVariable('GOLDENPATH_MASTER_SECRET', environment);
    for (const [kind, arn] of found) {
      // The check of the variables says that it is missing.
      if (arn === undefined) continue;
      const account = ROLE.exec(arn)?.[1];
      const entry: ExpectedRole['environments'][number] = {
        isShared: folders[environment] === environment,
        masterSecret:
          readIn(
            environments,
            kind === 'rotation'
              ? nameRotateEnvironment(environment)
              : environment,
            master,
          ) ?? readVariable(ofRepo, master),
        values: {
          account,
          region: readVariable(ofRepo, 'AWS_REGION'),
          prefix: settings.secretPrefix,
          environment,
          root: folders[environment],
          'state-bucket': readVariable(ofRepo, 'TERRAFORM_STATE_BUCKET'),
          owner: repo.owner,
          'infra-repo': repo.repo,
          'owner-id': ids && String(ids.owner),
          'infra-repo-id': ids && String(ids.repo),
        },
      };
      const known = roles.find(role => role.arn === arn && role.kind === kind);
      if (known) known.environments.push(entry);
      else roles.push({ kind, arn, environments: [entry] });
    }
  }
  return roles;
};

const readIn = (
  environments: GitHubEnvironment[],
  name: string,
  variable: string,
): string | undefined => {
  const found = environments.find(
    one => one.name.toLowerCase() === name.toLowerCase(),
  );
  return found && readVariable(readOr(found.variables, {}), variable);
};

const readOr = <T, U>(reading: Reading<T>, fallback: U): T | U =>
  'value' in reading ? reading.value : fallback;
