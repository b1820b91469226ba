import { mkdirSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { createFolder } from '../../../../../tests/support/createFolder';
import { createDirectoryFiles } from '../../adapters/directory/createDirectoryFiles';
import type { TfvarsMode } from '@goldenpath/plugin-golden-path-common';
import { InfraListing } from '../ports';
import { locateTfvars, readInfraRequestFiles } from './locateTfvars';

const filesOf = (texts: Record<string, string>): InfraListing => ({
  read: async path => texts[path],
  files: async folder =>
    Object.keys(texts)
      .filter(path => posix.dirname(path) === folder)
      .map(path => posix.basename(path)),
});
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ name, message }: Error) => ({ name, message }),
  );

const STANDALONE = 'envs/dev-rds/terraform.tfvars';
const COUPLED = 'envs/dev/terraform.tfvars';
const on = 'rds_config = { enabled = true }\n';
const off = 'rds_config = { enabled = false }\n';

describe('locateTfvars', () => {
  it.each<{
    reason: string;
    mode: TfvarsMode;
    files: Record<string, string>;
    found: string;
  }>([
    {
      reason: 'the only one, standalone',
      mode: 'auto',
      files: { [STANDALONE]: '' },
      found: STANDALONE,
    },
    {
      reason: 'standalone, while the environment has no instance',
      mode: 'auto',
      files: { [STANDALONE]: '', [COUPLED]: off },
      found: STANDALONE,
    },
    {
      reason: 'the only one with an instance, coupled',
      mode: 'auto',
      files: { [COUPLED]: on },
      found: COUPLED,
    },
    {
      reason: 'standalone, as requested',
      mode: 'standalone',
      files: { [STANDALONE]: '', [COUPLED]: on },
      found: STANDALONE,
    },
    {
      reason: 'coupled, as requested',
      mode: 'coupled',
      files: { [STANDALONE]: '', [COUPLED]: on },
      found: COUPLED,
    },
  ])('finds $reason', async ({ mode, files, found }) => {
    expect(await locateTfvars(filesOf(files), 'dev', { mode })).toEqual({
      mode: found === STANDALONE ? 'standalone' : 'coupled',
      path: found,
      text: files[found],
    });
  });

  it.each<{
    reason: string;
    mode: TfvarsMode;
    files: Record<string, string>;
    error: { name: string; message: string };
  }>([
    {
      reason: 'both',
      mode: 'auto',
      files: { [STANDALONE]: '', [COUPLED]: on },
      error: {
        name: 'InputError',
        message: `Both ${STANDALONE} and ${COUPLED} (rds_config.enabled is true) could declare the databases of "dev"; keep one of them: delete the first, or set rds_config.enabled to false in the second.`,
      },
    },
    {
      reason: 'neither',
      mode: 'auto',
      files: {},
      error: {
        name: 'NotFoundError',
        message: `No terraform.tfvars declares the databases of "dev": ${STANDALONE} does not exist, and ${COUPLED} does not exist. Create it, or check the paths of the infra repo and its environments.`,
      },
    },
    {
      reason: 'one without an instance',
      mode: 'auto',
      files: { [COUPLED]: off },
      error: {
        name: 'NotFoundError',
        message: `No terraform.tfvars declares the databases of "dev": ${STANDALONE} does not exist, and ${COUPLED} has no rds_config = { enabled = true }. Create it, or check the paths of the infra repo and its environments.`,
      },
    },
    {
      reason: 'not the requested one, standalone',
      mode: 'standalone',
      files: { [COUPLED]: on },
      error: {
        name: 'NotFoundError',
        message: `No terraform.tfvars declares the databases of "dev": ${STANDALONE} does not exist. Create it, or check the paths of the infra repo and its environments.`,
      },
    },
    {
      reason: 'not the requested one, coupled',
      mode: 'coupled',
      files: { [STANDALONE]: '', [COUPLED]: off },
      error: {
        name: 'NotFoundError',
        message: `No terraform.tfvars declares the databases of "dev": ${COUPLED} has no rds_config = { enabled = true }. Create it, or check the paths of the infra repo and its environments.`,
      },
    },
  ])('rejects $reason', async ({ mode, files, error }) => {
    expect(
      await errorOf(locateTfvars(filesOf(files), 'dev', { mode })),
    ).toEqual(error);
  });

  it.each<{ reason: string; name: string; text: string; says: string }>([
    {
      reason: 'variables that win',
      name: '20-databases.auto.tfvars',
      text: '# all\napplication_databases = {}\n',
      says: 'envs/dev-rds/20-databases.auto.tfvars:2:1: Terraform takes application_databases from here, not from envs/dev-rds/terraform.tfvars; declare the databases there alone.',
    },
    {
      reason: 'the same as JSON',
      name: 'zz.auto.tfvars.json',
      text: '{\n  "application_databases": {} }',
      says: 'envs/dev-rds/zz.auto.tfvars.json:2:3: Terraform takes',
    },
    {
      reason: 'the twin of terraform.tfvars',
      name: 'terraform.tfvars.json',
      text: '{"application_databases":null}',
      says: 'envs/dev-rds/terraform.tfvars.json:1:2: Terraform takes',
    },
    {
      reason: 'a file that cannot be read',
      name: 'zz.auto.tfvars',
      text: 'a = {\n',
      says: 'envs/dev-rds/zz.auto.tfvars:2:',
    },
    {
      reason: 'JSON that cannot be read',
      name: 'zz.auto.tfvars.json',
      text: '{',
      says: 'envs/dev-rds/zz.auto.tfvars.json:1:1: this is not a JSON object, and Terraform rejects it; correct or remove the file.',
    },
  ])('rejects a second source of databases: $reason', async row => {
    const files = { [STANDALONE]: '', [`envs/dev-rds/${row.name}`]: row.text };
    const error = await errorOf(
      locateTfvars(filesOf(files), 'dev', { mode: 'auto' }),
    );
    expect(error).toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(row.says),
    });
    // The same beside the coupled one, which Terraform loads with it.
    const coupled = { [COUPLED]: on, [`envs/dev/${row.name}`]: row.text };
    expect(
      await errorOf(locateTfvars(filesOf(coupled), 'dev', { mode: 'auto' })),
    ).toMatchObject({ name: 'InputError' });
  });

  it('accepts other variables beside it, and files that Terraform does not load', async () => {
    const files = {
      [STANDALONE]: '',
      'envs/dev-rds/10-region.auto.tfvars': 'region = "eu-central-1"\n',
      'envs/dev-rds/more.auto.tfvars.json': '{}',
      'envs/dev-rds/other.tfvars': 'application_databases = {}\n',
      'envs/dev/zz.auto.tfvars': 'application_databases = {}\n',
    };
    expect(
      await locateTfvars(filesOf(files), 'dev', { mode: 'auto' }),
    ).toMatchObject({ path: STANDALONE });
  });

  it.each(['../prod', 'Dev', '', 'dev/x'])(
    'rejects %j as an environment',
    async environment => {
      expect(
        await errorOf(locateTfvars(filesOf({}), environment, { mode: 'auto' })),
      ).toMatchObject({ name: 'InputError' });
    },
  );

  it('uses the configured paths', async () => {
    const files = filesOf({ 'live/dev-rds/terraform.tfvars': 'x' });
    expect(
      await locateTfvars(files, 'dev', {
        mode: 'auto',
        environmentsPath: 'live',
      }),
    ).toMatchObject({ path: 'live/dev-rds/terraform.tfvars' });
  });
});

describe('readInfraRequestFiles', () => {
  it('explains how to create a missing catalog', async () => {
    expect(
      await errorOf(
        readInfraRequestFiles(filesOf({ [STANDALONE]: '' }), 'dev', {
          mode: 'auto',
          catalogPath: 'catalog.yaml',
        }),
      ),
    ).toEqual({
      name: 'NotFoundError',
      message:
        'catalog.yaml does not exist; create it with the two lines version: "1.0" and databases: {}.',
    });
  });
});

describe('createDirectoryFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = createFolder();
  });

  it('reads and replaces a file byte for byte', async () => {
    const bytes = Buffer.from('\ufeffä\r\n😀', 'utf8');
    writeFileSync(join(folder, 'a.txt'), bytes, { mode: 0o640 });
    const files = createDirectoryFiles(folder);
    const text = await files.read('a.txt');
    expect(Buffer.from(text!)).toEqual(bytes);
    await files.replace({ path: 'a.txt', text: `${text}x` });
    expect(await files.read('a.txt')).toBe('\ufeffä\r\n😀x');
    mkdirSync(join(folder, 'sub'));
    expect(await files.files('.')).toEqual(['a.txt']);
    expect(await files.folders('.')).toEqual(['sub']);
    expect(await files.files('nowhere')).toEqual([]);
  });

  it('returns undefined for a missing file', async () => {
    writeFileSync(join(folder, 'a'), '');
    const files = createDirectoryFiles(folder);
    expect(await files.read('b')).toBeUndefined();
    expect(await files.read('a/b')).toBeUndefined();
  });

  it('rejects bytes that it could not write back', async () => {
    writeFileSync(join(folder, 'a'), Buffer.from([0x61, 0xff]));
    expect(await errorOf(createDirectoryFiles(folder).read('a'))).toMatchObject(
      {
        name: 'InputError',
        message: expect.stringContaining(
          'a: the file is not UTF-8; save it as UTF-8.',
        ),
      },
    );
  });
});
