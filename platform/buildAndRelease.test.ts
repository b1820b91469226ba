import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  listStepConclusions,
  TestPlatform,
} from '@goldenpath/local-github/src/actions/testing/testPlatform';
import { createFolder } from '../tests/support/createFolder';
import { renderSkeleton, skeletonValues } from '../tests/support/skeleton';

const WORKFLOW = '.github/workflows/_build-and-release.yml';
const shipped = readFileSync(join(__dirname, WORKFLOW), 'utf8');

/** The result of a tool: no findings, findings, or an error. */
type Finding = 'clean' | 'found' | 'error';

/**
 * Exits as Gitleaks and Trivy document it: 0 without findings, 1 for an error, and with findings the value of --exit-code,
 * by default 1 for Gitleaks and 0 for Trivy.
 */
const tool = (name: string, folder: string) => `#!/usr/bin/env bash
finding=$(cat "${folder}/${name}.finding")
[ "$*" = "\${*/cyclonedx/}" ] || finding=$(cat "${folder}/sbom.finding")
code=${name === 'gitleaks' ? 1 : 0}
while [ $# -gt 0 ]; do
  case "$1" in
    --exit-code) code="$2" ;;
    --output | --report-path) [ "$finding" = error ] || echo '{}' > "$2" ;;
  esac
  shift
done
case "$finding" in clean) exit 0 ;; found) exit "$code" ;; *) exit 1 ;; esac
`;

/** The shipped workflow as an app's delivery.yml calls it; engine, network and scanners are stand-ins that log their calls. */
describe('_build-and-release.yml', () => {
  let folder: string;
  let platform: TestPlatform;
  let sha256: Record<string, string>;
  let delivery: string;

  beforeAll(async () => {
    const app = await renderSkeleton(
      'backend-app-rds',
      skeletonValues({
        component_id: 'user-service',
        databaseName: 'users_db',
        username: 'users_app_user',
        owner: 'platform-team',
        environment: 'dev',
        description: '',
      }),
    );
    delivery = readFileSync(
      join(app, '.github/workflows/delivery.yml'),
      'utf8',
    );
    rmSync(app, { recursive: true });
    folder = createFolder();
    mkdirSync(join(folder, 'bin'));
    const program = (name: string, text: string) =>
      writeFileSync(join(folder, name), text, { mode: 0o755 });
    // Returns the archive named at the end of the URL.
    program(
      'bin/curl',
      `#!/usr/bin/env bash
while [ $# -gt 1 ]; do [ "$1" = --output ] && output="$2"; shift; done
echo "$1" >> "${folder}/downloads"
exec cp "${folder}/$(basename "$1")" "$output"
`,
    );
    program(
      'bin/engine',
      `#!/usr/bin/env bash
echo "$*" >> "${folder}/engine"
[ "$1 $2" != 'save --output' ] || echo image > "$3"
`,
    );
    sha256 = {};
    for (const [name, archive] of [
      ['gitleaks', 'gitleaks_8.30.1_linux_x64.tar.gz'],
      ['trivy', 'trivy_0.70.0_Linux-64bit.tar.gz'],
    ]) {
      program(name, tool(name, folder));
      execFileSync('tar', ['-czf', archive, name], { cwd: folder });
      sha256[name] = createHash('sha256')
        .update(readFileSync(join(folder, archive)))
        .digest('hex');
    }
    platform = new TestPlatform(
      {
        runnerEnv: {
          PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
        },
        variables: () => ({ AWS_REGION: 'eu-central-1' }),
      },
      folder,
    );
  });
  afterAll(async () => {
    await platform?.stop();
  });
  beforeEach(() => {
    for (const log of ['engine', 'downloads'])
      rmSync(join(folder, log), { force: true });
    for (const name of ['gitleaks', 'trivy', 'sbom']) meets(name, 'clean');
  });

  const meets = (name: string, finding: Finding) =>
    writeFileSync(join(folder, `${name}.finding`), finding);

  const linesOf = (log: string): string[] =>
    existsSync(join(folder, log))
      ? readFileSync(join(folder, log), 'utf8').trim().split('\n')
      : [];

  /** The shipped file with other checksums and another name of the engine, because the local runner skips Docker steps. */
  const runnable = () =>
    shipped
      .replace(/(GITLEAKS_SHA256: ).*/, `$1${sha256.gitleaks}`)
      .replace(/(TRIVY_SHA256: ).*/, `$1${sha256.trivy}`)
      .replace(/^( +)docker /gm, '$1engine ');

  const deliver = (environment: string, workflow = runnable()) => {
    platform.commit({ [WORKFLOW]: workflow });
    return platform.dispatch(
      delivery
        .replace('acme/platform-infra/', 'acme/infra/')
        .replace("${{ inputs.environment || 'dev' }}", environment),
    );
  };

  it.each([
    {
      environment: 'dev',
      pushes: 'SHA',
      reason: 'the tag in dev is the commit',
    },
    {
      environment: 'dev',
      gitleaks: 'found',
      trivy: 'found',
      says: [/warning.*Gitleaks found/, /warning.*Trivy found/],
      pushes: 'SHA',
      reason: 'findings are warnings in dev',
    },
    {
      environment: 'dev',
      gitleaks: 'error',
      trivy: 'error',
      sbom: 'error',
      says: [
        /warning.*Gitleaks did not finish/,
        /warning.*Trivy did not finish/,
        /warning.*no bill of materials/,
      ],
      pushes: 'SHA',
      reason: 'a failed scanner does not block dev',
    },
    {
      environment: 'test',
      pushes: 'test-SHA7',
      reason: 'the tag elsewhere is environment and commit',
    },
    {
      environment: 'perf',
      pushes: 'perf-SHA7',
      reason: 'a custom environment is accepted',
    },
    {
      environment: 'test',
      gitleaks: 'found',
      says: [/error.*Gitleaks found/],
      reason: 'a secret blocks from test on',
    },
    {
      environment: 'staging',
      trivy: 'found',
      says: [/error.*Trivy found/],
      reason: 'a vulnerability blocks from test on',
    },
    {
      environment: 'prod',
      sbom: 'error',
      says: [/error.*no bill of materials/],
      reason: 'a bill of materials is required from test on',
    },
    {
      environment: 'prod',
      gitleaks: 'error',
      trivy: 'error',
      says: [/error.*Gitleaks did not finish/, /error.*Trivy did not finish/],
      reason: 'a failed scan blocks',
    },
    {
      environment: 'Q/A',
      says: [/error.*environment: use 2 to 15 lower-case letters and digits/],
      reason: 'an invalid environment name',
    },
  ] as Array<{
    environment: string;
    gitleaks?: Finding;
    trivy?: Finding;
    sbom?: Finding;
    says?: RegExp[];
    pushes?: string;
    reason: string;
  }>)(
    '$environment: $reason',
    async ({ environment, gitleaks, trivy, sbom, says = [], pushes }) => {
      meets('gitleaks', gitleaks ?? 'clean');
      meets('trivy', trivy ?? 'clean');
      meets('sbom', sbom ?? 'clean');
      const { run, log } = await deliver(environment);
      for (const words of says) expect(log).toMatch(words);
      expect(
        log.match(/##\[(warning|error)\](Gitleaks|Trivy|There)/g) ?? [],
      ).toHaveLength(environment === 'Q/A' ? 0 : says.length);
      expect(run.conclusion).toBe(pushes ? 'success' : 'failure');
      const pushed = linesOf('engine').filter(line => line.startsWith('push'));
      expect(pushed).toEqual(
        pushes
          ? [
              `push /user-service:${pushes
                .replace('SHA7', run.headSha.slice(0, 7))
                .replace('SHA', run.headSha)}`,
            ]
          : [],
      );
    },
  );

  it('builds, tests, scans and pushes the same image, in this order', async () => {
    const { run } = await deliver('test');
    const image = `app:test-${run.headSha.slice(0, 7)}`;
    const [build, test, save, tag, push] = linesOf('engine');
    expect(build).toBe(`build --tag ${image} .`);
    expect(test).toContain(`${image} sh -c python -m unittest discover tests`);
    expect(save).toContain(image);
    expect(tag).toContain(`tag ${image} /user-service:`);
    expect(push).toContain('push /user-service:');
  });

  it('runs no scanner with a wrong checksum', async () => {
    const { run, log } = await deliver(
      'test',
      shipped.replace(/^( +)docker /gm, '$1engine '),
    );
    expect(linesOf('downloads')).toEqual([
      expect.stringContaining('/v8.30.1/gitleaks_8.30.1_linux_x64.tar.gz'),
      expect.stringContaining('/v0.70.0/trivy_0.70.0_Linux-64bit.tar.gz'),
    ]);
    expect(log).toContain('Gitleaks did not finish');
    expect(log).toContain('Trivy did not finish');
    expect(run.conclusion).toBe('failure');
  });

  it('skips the steps that require a container engine, and shows them as skipped', async () => {
    const finished = await deliver(
      'dev',
      runnable().replace(/^( +)engine /gm, '$1docker '),
    );
    expect(finished.run.conclusion).toBe('success');
    expect(listStepConclusions(finished)).toMatchObject({
      'Scan the repo for secrets': 'success',
      'Build the image': 'skipped',
      'Test the image': 'skipped',
      'Scan the image and create its bill of materials': 'skipped',
      'Decide whether the image may be pushed': 'success',
      'Push the scanned image': 'skipped',
    });
    expect(linesOf('engine')).toEqual([]);
  });
});
