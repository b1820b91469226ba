import { posix } from 'node:path';
import { isError } from '@backstage/errors';
import type { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import { locateTfvars } from '../../infraRepo/act/locateTfvars';
import type { InfraFolders } from '../../infraRepo/ports';
import {
  ExpectedRole,
  findRolePoints,
  RoleKind,
} from '../decide/findRolePoints';
import type { GitHubSetup } from '../decide/githubSetup';
import type { RoleDocuments } from '../decide/iamPolicy';
import {
  GITHUB_ISSUER,
  listExpectedRoles,
  nameTokenIssuer,
} from '../decide/listExpectedRoles';
import { checkReading, Reading, SetupPoint } from '../decide/setupPoint';

/**
 * Compares the roles that the variables name with the policies in the infra repo's folder `iam`.
 *
 * @public
 */
export const checkRoles = async (
  { files, settings }: { files: InfraFolders; settings: InfraSettings },
  setup: GitHubSetup,
  repo: { owner: string; repo: string; apiUrl: string },
  readRole: (arn: string) => Promise<Reading<RoleDocuments>>,
): Promise<SetupPoint[]> => {
  const folders: Record<string, string | undefined> = {};
  for (const environment of settings.environments)
    folders[environment] = await findFolder(files, environment, settings);
  const points = checkReading('IDs of the repo', setup.ids, () => []);
  for (const role of listExpectedRoles({ settings, setup, repo, folders })) {
    const templates = await readTemplates(
      files,
      role.kind,
      nameTokenIssuer(repo.apiUrl),
    );
    points.push(
      ...('value' in templates
        ? findRolePoints(role, templates.value, await readRole(role.arn))
        : [notChecked(role, templates.reason)]),
    );
  }
  return points;
};

const notChecked = ({ arn }: ExpectedRole, reason: string): SetupPoint => ({
  status: 'not checked',
  text: `role ${arn}: ${reason}`,
});

const findFolder = async (
  files: InfraFolders,
  environment: string,
  { environmentsPath }: InfraSettings,
): Promise<string | undefined> => {
  try {
    const { path } = await locateTfvars(files, environment, {
      mode: 'auto',
      environmentsPath,
    });
    return posix.basename(posix.dirname(path));
  } catch (error) {
    // The check of the files says what is wrong.
    if (isError(error)) return undefined;
    throw error;
  }
};

const readTemplates = async (
  files: InfraFolders,
  kind: RoleKind,
  issuer: string,
): Promise<Reading<{ permissions: unknown; trust: unknown }>> => {
  const read = async (name: string): Promise<unknown> => {
    const text = await files.read(`iam/${name}.json`);
    if (text === undefined) throw new Error(`iam/${name}.json is missing.`);
    return JSON.parse(text.replaceAll(GITHUB_ISSUER, issuer));
  };
  try {
    return {
      value: {
        permissions: await read(kind),
        trust: await read(`trust-${kind}`),
      },
    };
  } catch (error) {
    return {
      reason: `${(error as Error).message} Copy the folder iam from platform/.`,
    };
  }
};
