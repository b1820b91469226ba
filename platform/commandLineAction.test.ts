import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { createFolder } from '../tests/support/createFolder';

const WORKFLOWS = join(__dirname, '.github/workflows');
const read = (...path: string[]) =>
  readFileSync(join(__dirname, ...path), 'utf8');
const files = readdirSync(WORKFLOWS);

interface Job {
  steps: Array<{
    uses?: string;
    run?: string;
    with?: Record<string, string>;
  }>;
}

describe('the command line', () => {
  const action = parse(read('.github/actions/goldenpath-rds/action.yml')) as {
    inputs: Record<string, { default?: string }>;
    runs: { steps: Array<{ name: string; run?: string; shell?: string }> };
  };
  const script = action.runs.steps.find(
    step => step.name === 'Install goldenpath-rds',
  )!.run!;
  let folder: string;
  beforeAll(() => {
    folder = createFolder();
    mkdirSync(join(folder, 'package/bin'), { recursive: true });
    writeFileSync(
      join(folder, 'package/bin/goldenpath-rds.js'),
      'console.log(JSON.stringify(process.argv.slice(2)));\n',
    );
    spawnSync('tar', ['-czf', 'goldenpath-rds-1.2.3.tgz', 'package'], {
      cwd: folder,
    });
    // Stands in for curl: records the request and returns the archive.
    mkdirSync(join(folder, 'shims'));
    writeFileSync(
      join(folder, 'shims/curl'),
      `#!/bin/bash
printf '%s\n' "$@" > "${folder}/curl.args"
while [ $# -gt 0 ]; do
  case "$1" in
    --header) case "$2" in @*) cp "\${2#@}" "${folder}/curl.headers" ;; esac ;;
    --output) cp "${folder}/goldenpath-rds-1.2.3.tgz" "$2" ;;
  esac
  shift
done
`,
      { mode: 0o755 },
    );
  });

  const checksum = () =>
    createHash('sha256')
      .update(readFileSync(join(folder, 'goldenpath-rds-1.2.3.tgz')))
      .digest('hex');
  const install = (cli: string, env: Record<string, string> = {}) => {
    const temp = createFolder();
    const path = join(temp, 'github_path');
    writeFileSync(path, '');
    const { status, stdout } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${join(folder, 'shims')}${delimiter}${process.env.PATH}`,
          GITHUB_API_URL: 'https://api.github.example',
          RUNNER_TEMP: temp,
          GITHUB_PATH: path,
          GOLDENPATH_CLI: cli,
          SHA256: '',
          TOKEN: 'canary-token',
          ...env,
        },
      },
    );
    const [bin] = readFileSync(path, 'utf8').split('\n');
    const says =
      status === 0
        ? spawnSync(join(bin, 'goldenpath-rds'), ['a b', '$(id)'], {
            encoding: 'utf8',
          }).stdout
        : stdout;
    return { status, says };
  };

  it.each(files)('comes only from the action: %s', file => {
    const workflow = parse(read('.github/workflows', file)) as {
      jobs: Record<string, Job>;
    };
    for (const { steps = [] } of Object.values(workflow.jobs)) {
      const runsIt = steps.some(step =>
        /\bgoldenpath-rds\b/.test(step.run ?? ''),
      );
      expect(
        steps
          .filter(step => step.uses === './.github/actions/goldenpath-rds')
          .map(step => step.with),
      ).toEqual(
        runsIt
          ? [
              {
                cli: '${{ vars.GOLDENPATH_CLI }}',
                sha256: '${{ vars.GOLDENPATH_CLI_SHA256 }}',
                token: '${{ github.token }}',
              },
            ]
          : [],
      );
    }
  });

  it('has no default, because anyone could publish a package under a free name', () => {
    expect(action.inputs.cli.default).toBeUndefined();
    expect(install('')).toEqual({
      status: 64,
      says: expect.stringContaining('set this repository variable'),
    });
  });

  it('has no expression in a script', () => {
    expect(action.runs.steps.filter(step => step.run?.includes('${{'))).toEqual(
      [],
    );
  });

  it.each([
    { cli: 'package/bin/goldenpath-rds.js', reason: 'a program in the repo' },
    { cli: 'goldenpath-rds-1.2.3.tgz', reason: 'an archive in the repo' },
  ])('can be $reason', ({ cli }) => {
    expect(install(cli)).toEqual({ status: 0, says: '["a b","$(id)"]\n' });
  });

  it.each([
    {
      url: 'https://api.github.example/repos/o/r/releases/assets/1',
      sent: 'Authorization: Bearer canary-token\n',
    },
    { url: 'https://files.example/goldenpath-rds-1.2.3.tgz', sent: '' },
    { url: 'https://api.github.example.evil.example/x.tgz', sent: '' },
  ])(
    'can be a download, and the token is sent only to GitHub: $url',
    ({ url, sent }) => {
      expect(install(url, { SHA256: checksum() })).toEqual({
        status: 0,
        says: '["a b","$(id)"]\n',
      });
      expect(readFileSync(join(folder, 'curl.headers'), 'utf8')).toBe(sent);
      const args = readFileSync(join(folder, 'curl.args'), 'utf8');
      expect(args).toContain(`--\n${url}\n`);
      expect(args).not.toContain('canary-token');
    },
  );

  it.each([
    {
      cli: 'https://files.example/x.tgz',
      env: { SHA256: '' },
      says: 'GOLDENPATH_CLI_SHA256',
      reason: 'a download without a checksum',
    },
    {
      cli: 'https://files.example/x.tgz',
      env: { SHA256: 'a'.repeat(64) },
      says: 'is not GOLDENPATH_CLI_SHA256',
      reason: 'a download with another checksum',
    },
    {
      cli: 'goldenpath-rds-1.2.3.tgz',
      env: { SHA256: 'a'.repeat(64) },
      says: 'is not GOLDENPATH_CLI_SHA256',
      reason: 'an archive with another checksum',
    },
    {
      cli: 'nosuch.tgz',
      env: { SHA256: '' },
      says: 'no nosuch.tgz',
      reason: 'a missing archive',
    },
    {
      cli: 'nosuch.js',
      env: { SHA256: '' },
      says: 'no nosuch.js',
      reason: 'a missing program',
    },
  ])('refuses $reason', ({ cli, env, says }) => {
    expect(install(cli, env)).toEqual({
      status: 64,
      says: expect.stringContaining(says),
    });
  });
});
