import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  auditPath,
  CATALOG_PATH,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import {
  declareDatabase,
  renderCatalog,
} from '../tests/support/exampleDatabase';
import { InfraGitHub, startInfraGitHub } from '../tests/support/infraGitHub';
import {
  SharedInstance,
  startSharedInstance,
} from '../tests/support/sharedInstance';

const PASSWORD = 'a-password-that-nobody-may-read';
const TFVARS = `environment = "dev"
application_databases = {
  users_db = {
    database_name = "users_db"
    username      = "users_app_user"
  }
}
`;

/** The shipped workflow, run as GitHub would run it, against a real PostgreSQL. */
describe('rds-rotate.yml', () => {
  let instance: SharedInstance;
  let infra: InfraGitHub;

  beforeAll(async () => {
    // Younger than two hours, a password isn't rotated.
    instance = await startSharedInstance(
      ['dev'],
      () => Date.now() - 3 * 3_600_000,
    );
    const { folder, postgres, runnerEnv } = instance;
    await instance.createSecret(secretName('dev', 'users_db'), {
      host: postgres.host,
      port: postgres.port,
      dbname: 'users_db',
      username: 'users_app_user',
      password: PASSWORD,
    });
    infra = await startInfraGitHub({
      folder,
      without: ['rds-database-rebase.yml', 'rds-drift.yml'],
      files: {
        [CATALOG_PATH]: renderCatalog([
          declareDatabase('users_db', {
            risk: 'access',
            username: 'users_app_user',
          }),
        ]),
        'envs/dev-rds/terraform.tfvars': TFVARS,
        'envs/dev-rds/.terraform.lock.hcl': '',
      },
      runnerEnv,
    });
    await infra.setVariables(postgres.caFile);
  });
  afterAll(async () => {
    await infra?.stop();
    await instance?.stop();
  });

  const run = async (inputs: Record<string, string> = {}) => {
    await infra.call(
      'POST',
      `${infra.path}/actions/workflows/rds-rotate.yml/dispatches`,
      { ref: 'main', inputs },
    );
    await infra.github.actions.idle();
    const { id, conclusion } = await infra.finishedRun('rds-rotate.yml');
    return { conclusion, log: await infra.runLog(id) };
  };
  const provision = async () => {
    await infra.call(
      'POST',
      `${infra.path}/actions/workflows/rds-database-apply.yml/dispatches`,
      { ref: 'main', inputs: { environment: 'dev' } },
    );
    await infra.github.actions.idle();
  };
  const issues = () =>
    infra.json<Array<{ title: string; body: string; state: string }>>(
      `${infra.path}/issues?state=all&per_page=100`,
    );
  const read = (stage: string) =>
    instance.secrets
      .send(
        new GetSecretValueCommand({
          SecretId: secretName('dev', 'users_db'),
          VersionStage: stage,
        }),
      )
      .then(({ SecretString }) => JSON.parse(SecretString!));

  it('does nothing unless it is turned on', async () => {
    expect(await run()).toMatchObject({ conclusion: 'skipped' });
    await infra.github.setVariable(infra.repo, 'GOLDENPATH_ROTATION', 'true');
  });

  it('opens an issue for a password that it could not rotate', async () => {
    const { conclusion, log } = await run({
      environment: 'dev',
      database: 'users_db',
    });
    expect(conclusion).toBe('failure');
    expect(log).toContain('Not every password of dev was rotated.');
    const found = await issues();
    expect(found.map(({ title }) => title)).toEqual([
      'RDS rotation failed in dev',
    ]);
    const texts = JSON.stringify(found);
    expect(texts).toContain('Run goldenpath-rds provision first');
    expect(texts + log).not.toContain(PASSWORD);
    expect(await read('AWSCURRENT')).toMatchObject({ password: PASSWORD });
  });

  it('rotates what it is asked to, records it, and what pods hold stays valid', async () => {
    await provision();
    const { conclusion, log } = await run({
      environment: 'dev',
      database: 'users_db',
    });
    expect({ conclusion, log: conclusion === 'success' ? '' : log }).toEqual({
      conclusion: 'success',
      log: '',
    });
    const current = await read('AWSCURRENT');
    expect(current.username).toBe('users_app_user_clone');
    expect(await read('AWSPREVIOUS')).toMatchObject({ password: PASSWORD });
    expect(await instance.logIn('dev', 'users_db')).toBeDefined();
    const audit = await infra.json<{ content: string }>(
      `${infra.path}/contents/${auditPath('dev')}`,
    );
    const rows = Buffer.from(audit.content, 'base64').toString();
    expect(rows).toMatch(/,users_db,\w+,rotate_password,success,/);
    for (const text of [rows, log])
      for (const password of [PASSWORD, current.password])
        expect(text).not.toContain(password);
  });

  it('rotates nothing that is not due, and closes its issue', async () => {
    const before = await read('AWSCURRENT');
    const { conclusion } = await run();
    expect(conclusion).toBe('success');
    expect(await read('AWSCURRENT')).toEqual(before);
    const found = await issues();
    expect(found.map(({ state }) => state)).toEqual(['closed']);
  });

  it.each<{ inputs: Record<string, string>; says: string }>([
    {
      inputs: { environment: 'perf' },
      says: 'environment perf: goldenpath.yaml names',
    },
    {
      inputs: { database: 'users_db' },
      says: 'database users_db: give its environment too.',
    },
  ])('refuses $inputs', async ({ inputs, says }) => {
    const { conclusion, log } = await run(inputs);
    expect(conclusion).toBe('failure');
    expect(log).toContain(says);
  });

  it('gives its rights to no other branch', async () => {
    const { object } = await infra.json<{ object: { sha: string } }>(
      `${infra.path}/git/ref/heads/main`,
    );
    await infra.call('POST', `${infra.path}/git/refs`, {
      ref: 'refs/heads/mine',
      sha: object.sha,
    });
    const before = await read('AWSCURRENT');
    await infra.call(
      'POST',
      `${infra.path}/actions/workflows/rds-rotate.yml/dispatches`,
      { ref: 'mine', inputs: { environment: 'dev', database: 'users_db' } },
    );
    await infra.github.actions.idle();
    const { conclusion, id } = await infra.finishedRun('rds-rotate.yml');
    expect(conclusion).toBe('failure');
    expect(await infra.runLog(id)).not.toContain('Rotate passwords\n');
    expect(await read('AWSCURRENT')).toEqual(before);
  });
});
