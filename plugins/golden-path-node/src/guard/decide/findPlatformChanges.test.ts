import type { ChangedPath } from '../../infraRepo/decide/parseRawDiff';
import { findPlatformChanges, PlatformPaths } from './findPlatformChanges';
import { PLATFORM_ALLOWED_LABEL } from './labels';

const FILE = '100644';
const LINK = '120000';
const PATHS: PlatformPaths = {
  catalogPath: 'docs/rds-catalog.yaml',
  environmentsPath: 'envs',
  cli: './tools/goldenpath/goldenpath-rds.tgz',
  terraformFolders: ['envs/dev-rds', 'network/vpc', ''],
};
const changed = (path: string): ChangedPath => ({
  path,
  before: FILE,
  after: FILE,
});
const added = (path: string): ChangedPath => ({
  path,
  before: undefined,
  after: FILE,
});
const removed = (path: string): ChangedPath => ({
  path,
  before: FILE,
  after: undefined,
});

describe('findPlatformChanges', () => {
  it.each<{ reason: string; change: ChangedPath }>([
    { reason: 'the catalog', change: changed('docs/rds-catalog.yaml') },
    {
      reason: "an environment's terraform.tfvars",
      change: changed('envs/dev-rds/terraform.tfvars'),
    },
    {
      reason:
        'that of a folder that no environment names; its settings are compared elsewhere',
      change: changed('envs/network/terraform.tfvars'),
    },
    {
      reason: 'the audit',
      change: added('governance/dev/rds_provision_audit.csv'),
    },
    { reason: 'docs', change: added('docs/how-to.md') },
    {
      reason: 'a file at the top of another name',
      change: added('app/main.txt'),
    },
    {
      reason: 'a folder whose name only begins like the environments',
      change: added('envs-notes/x.md'),
    },
    {
      reason: 'the settings, which have rules of their own',
      change: changed('goldenpath.yaml'),
    },
  ])('leaves to everybody $reason', ({ change }) => {
    expect(
      findPlatformChanges(
        [change],
        { ...PATHS, terraformFolders: ['envs/dev-rds'] },
        [],
      ),
    ).toEqual([]);
  });

  const inEnvironment =
    'in envs only an existing terraform.tfvars may change, because Terraform loads the other files too';
  it.each<{ reason: string; change: ChangedPath; says: string }>([
    ...[
      ['variables that win over terraform.tfvars', 'zz.auto.tfvars'],
      ['the same as JSON', 'zz.auto.tfvars.json'],
      ['a second terraform.tfvars', 'terraform.tfvars.json'],
      ['resources as JSON', 'x.tf.json'],
      ['an override', 'main_override.tf'],
      ['settings of the command', '.terraformrc'],
      ['the same on Windows', 'terraform.rc'],
      ['checksums of providers', '.terraform.lock.hcl'],
      ['a module', 'modules/db/main.tf'],
      ['an installed module', '.terraform/modules/modules.json'],
      ['an unknown file', 'notes.md'],
      ['another case of the name', 'Terraform.tfvars'],
      ['a tfvars below the folder', 'more/terraform.tfvars'],
    ].map(([reason, name]) => ({
      reason,
      change: added(`envs/dev-rds/${name}`),
      says: `is added, and ${inEnvironment}`,
    })),
    {
      reason: 'a changed root',
      change: changed('envs/dev-rds/main.tf'),
      says: `is changed, and ${inEnvironment}`,
    },
    {
      reason: 'a folder that no environment names',
      change: changed('envs/shared/anything.txt'),
      says: `is changed, and ${inEnvironment}`,
    },
    {
      reason: 'a file beside the folders',
      change: added('envs/terraform.tfvars'),
      says: `is added, and ${inEnvironment}`,
    },
    {
      reason: 'a new folder',
      change: added('envs/mine-rds/terraform.tfvars'),
      says: `is added, and ${inEnvironment}`,
    },
    {
      reason: 'a terraform.tfvars that goes',
      change: removed('envs/dev-rds/terraform.tfvars'),
      says: `is removed, and ${inEnvironment}`,
    },
    {
      reason: 'another case of the folder',
      change: changed('Envs/dev-rds/terraform.tfvars'),
      says: `is changed, and ${inEnvironment}`,
    },
    {
      reason: 'a file that becomes a symbolic link',
      change: {
        path: 'envs/dev-rds/terraform.tfvars',
        before: FILE,
        after: LINK,
      },
      says: 'is changed, and a symbolic link can stand in for another file',
    },
    {
      reason: 'a symbolic link that becomes a file',
      change: { path: 'docs/x', before: LINK, after: FILE },
      says: 'is changed, and a symbolic link',
    },
    {
      reason: 'a symbolic link in place of the environments',
      change: { path: 'envs', before: undefined, after: LINK },
      says: 'is added, and a symbolic link',
    },
    {
      reason: 'a catalog that is a symbolic link',
      change: { path: 'docs/rds-catalog.yaml', before: FILE, after: LINK },
      says: 'is changed, and a symbolic link',
    },
    {
      reason: 'a submodule',
      change: { path: 'docs/sub', before: undefined, after: '160000' },
      says: 'is added, and a submodule brings in code from elsewhere',
    },
    ...[
      ['the guard itself', '.github/workflows/rds-database-guard.yml'],
      ['a composite action', '.github/actions/goldenpath-rds/action.yml'],
      ['another case', '.GitHub/workflows/x.yml'],
      ['the policies', 'iam/apply.json'],
      ['the instance', 'instance/notes.md'],
      ['the cluster', 'kubernetes/policy/policy.yaml'],
      ['shared modules', 'modules/rds/README.md'],
      ['scripts', 'scripts/deploy'],
    ].map(([reason, path]) => ({
      reason,
      change: changed(path),
      says: 'is changed, and everything in ',
    })),
    ...[
      ['a module elsewhere', 'network/main.tf', 'Terraform may load it'],
      ['the same of OpenTofu', 'network/main.tofu', 'Terraform may load it'],
      ['variables elsewhere', 'x/prod.tfvars', 'Terraform may load it'],
      [
        'a file beside a module',
        'network/vpc/users.json',
        'it lies in a folder that Terraform may load',
      ],
      [
        'a file beside Terraform files at the top',
        'users.yaml',
        'it lies in a folder that Terraform may load',
      ],
      ['the version of Terraform', 'x/.terraform-version', 'it sets up'],
      ['a Makefile', 'Makefile', 'make runs it'],
      ['what it includes', 'rds.mk', 'make runs it'],
      ['a Makefile that wins over Makefile', 'GNUmakefile', 'make runs it'],
      ['a program', 'tools/x.cjs', 'workflows and people run code like this'],
      ['an image', 'Dockerfile', 'workflows and people run code like this'],
      ['packages', 'package-lock.json', 'it decides which packages'],
      ['registries', '.npmrc', 'it decides which packages'],
      ['owners', 'docs/CODEOWNERS', 'it decides who must review'],
      ['how files merge', 'x/.gitattributes', 'it changes how git reads'],
      ['where submodules are', '.gitmodules', 'it changes how git reads'],
      [
        'a file beside the command line',
        'tools/goldenpath/data.json',
        'it lies beside goldenpath-rds, which the workflows run',
      ],
    ].map(([reason, path, says]) => ({
      reason,
      change: added(path),
      says: `is added, and ${says}`,
    })),
  ])('asks the platform team for $reason', ({ change, says }) => {
    const [finding, ...others] = findPlatformChanges([change], PATHS, [
      'rds-change-allowed',
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ path: change.path, line: 1 });
    expect(finding.message).toContain(says);
    expect(finding.message).toMatch(
      /\. The label rds-platform-allowed allows it\.$/,
    );
    expect(
      findPlatformChanges([change], PATHS, [PLATFORM_ALLOWED_LABEL]),
    ).toEqual([]);
  });

  it.each<[string | undefined, string]>([
    ['@goldenpath/cli@0.1.0', 'a package'],
    ['https://example.com/goldenpath-rds.tgz', 'a download'],
    ['/opt/goldenpath/goldenpath-rds.js', 'a path outside the repo'],
    [undefined, 'nothing'],
  ])('takes no folder from %s, which is %s', (cli, _) => {
    expect(
      findPlatformChanges(
        [added('opt/goldenpath/data.json'), added('docs/data.json')],
        { ...PATHS, cli, terraformFolders: [] },
        [],
      ),
    ).toEqual([]);
  });

  it('takes an archive at the top alone, not the files beside it', () => {
    const paths = { ...PATHS, cli: 'program.js', terraformFolders: [] };
    expect(findPlatformChanges([added('notes.json')], paths, [])).toEqual([]);
    expect(
      findPlatformChanges([changed('program.js')], paths, []),
    ).toHaveLength(1);
  });
});
