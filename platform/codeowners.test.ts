import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultInfraSettings } from '@goldenpath/plugin-golden-path-common';
import { judgePlatformFiles } from '@goldenpath/plugin-golden-path-node';

const { catalog, environmentsPath, approvers } = defaultInfraSettings();
const TEAM = `@OWNER/${approvers}`;

interface Rule {
  pattern: RegExp;
  owners: string[];
}

/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
const toRegExp = (pattern: string): RegExp => {
  const isAnchored = pattern.slice(0, -1).includes('/');
  const body = pattern
    .replace(/^\//, '')
    .replace(/[.+^${}()|[\]\\?]/g, '\\$&')
    .replaceAll('*', '[^/]*');
  const end = pattern.endsWith('/') ? '.*' : '(?:/.*)?';
  return new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${body}${end}$`);
};

const rules: Rule[] = readFileSync(
  join(__dirname, '.github/CODEOWNERS'),
  'utf8',
)
  .split('\n')
  .filter(line => line.trim() !== '' && !line.startsWith('#'))
  .map(line => {
    const [pattern, ...owners] = line.trim().split(/\s+/);
    return { pattern: toRegExp(pattern), owners };
  });
const ownersOf = (path: string) =>
  rules.filter(({ pattern }) => pattern.test(path)).at(-1)?.owners ?? [];

/** Whether the guard asks the platform team for a change of this file. */
const isGuarded = async (path: string) =>
  (
    await judgePlatformFiles(
      {
        changes: [{ path, before: '100644', after: '100644' }],
        baseFiles: [],
        start: { read: async () => undefined },
        head: { read: async () => undefined },
      },
      { catalogPath: catalog, environmentsPath },
      { labels: [], databasePaths: [], reportedPaths: [] },
    )
  ).length > 0;

describe('CODEOWNERS', () => {
  it('names one team, the default of approvers, and each pattern once', () => {
    const teams = rules.flatMap(({ owners }) => owners);
    expect(new Set(teams)).toEqual(new Set([TEAM]));
    expect(new Set(rules.map(({ pattern }) => String(pattern))).size).toBe(
      rules.length,
    );
  });

  it.each([
    '.github/workflows/rds-database-guard.yml',
    '.github/actions/goldenpath-rds/action.yml',
    '.github/CODEOWNERS',
    'docs/CODEOWNERS',
    '.gitattributes',
    'docs/.gitattributes',
    '.gitmodules',
    'envs/dev-rds/main.tf',
    'envs/dev-rds/zz.auto.tfvars',
    'envs/dev-rds/zz.auto.tfvars.json',
    'envs/dev-rds/terraform.tfvars.json',
    'envs/dev-rds/.terraform.lock.hcl',
    'envs/dev-rds/kustomization.yaml',
    'envs/dev-rds/modules/terraform.tfvars',
    'envs/terraform.tfvars',
    'network/main.tf',
    'network/main.tf.json',
    'network/main.tofu',
    'x/prod.tfvars',
    'x/.terraformrc',
    'x/terraform.rc',
    'x/.terraform-version',
    'Makefile',
    'GNUmakefile',
    'rds.mk',
    'Dockerfile',
    'x/run.sh',
    'x/run.mjs',
    'tools/goldenpath-rds.tgz',
    'package.json',
    'package-lock.json',
    '.npmrc',
    'iam/apply.json',
    'instance/notes.md',
    'kubernetes/policy/policy.yaml',
    'modules/rds/README.md',
    'scripts/deploy',
  ])('%s is the platform team’s, for GitHub as for the guard', async path => {
    expect({
      owners: ownersOf(path),
      isGuarded: await isGuarded(path),
    }).toEqual({ owners: [TEAM], isGuarded: true });
  });

  it.each([
    catalog,
    'envs/dev-rds/terraform.tfvars',
    'envs/dev/terraform.tfvars',
    'governance/dev/rds_provision_audit.csv',
    'README.md',
    'docs/how-to.md',
  ])('%s is everybody’s', async path => {
    expect({
      owners: ownersOf(path),
      isGuarded: await isGuarded(path),
    }).toEqual({ owners: [], isGuarded: false });
  });

  it('has the settings, whose changes the guard compares one by one', () => {
    expect(ownersOf('goldenpath.yaml')).toEqual([TEAM]);
  });
});
