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
  runGit,
  TestPlatform,
} from '@goldenpath/local-github/src/actions/testing/testPlatform';
import { parse } from 'yaml';
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
echo "$*" >> "${folder}/${name}.calls"
ls -A > "${folder}/${name}.files"
for source; do :; done
[ ${name} = trivy ] || { ls -A "$source"; git -C "$source" log -p --all; } > "${folder}/${name}.source"
finding=$(cat "${folder}/${name}.finding")
[ "$*" = "\${*/cyclonedx/}" ] || finding=$(cat "${folder}/sbom.finding")
[ "$*" = "\${*/--ignore-unfixed/}" ] || finding=$(cat "${folder}/fixed.finding")
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

const DIGEST = `sha256:${'ab12'.repeat(16)}`;

/** The AWS CLI: what ECR answers is in a file for each call. */
const aws = (folder: string) => `#!/usr/bin/env bash
echo "$*" >> "${folder}/aws.calls"
answer=$(cat "${folder}/$2.answer")
case "$answer" in
  *Exception) echo "An error occurred ($answer) when calling $2" >&2; exit 254 ;;
  *) echo "$answer" ;;
esac
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
[ "$1 $2" != 'image inspect' ] || cat "${folder}/digests"
`,
    );
    program('bin/aws', aws(folder));
    program(
      'bin/cosign',
      `#!/usr/bin/env bash
echo "$*" >> "${folder}/cosign.calls"
exit "$(cat "${folder}/cosign.exit")"
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
    for (const log of [
      'engine',
      'downloads',
      'aws.calls',
      'cosign.calls',
      'gitleaks.calls',
      'trivy.calls',
    ])
      rmSync(join(folder, log), { force: true });
    for (const name of ['gitleaks', 'trivy', 'sbom']) meets(name, 'clean');
    meets('fixed', 'found');
    answers({});
    write('digests', `registry.example/infra@${DIGEST}\n`);
    write('cosign.exit', '0');
  });

  const write = (file: string, text: string) =>
    writeFileSync(join(folder, file), text);

  /** Sets what ECR answers to each call of the AWS CLI. */
  const answers = (changed: Record<string, string>) => {
    for (const [call, answer] of Object.entries({
      'describe-repositories': 'IMMUTABLE',
      'create-repository': '{}',
      'describe-images': 'ImageNotFoundException',
      ...changed,
    }))
      write(`${call}.answer`, answer);
  };

  const meets = (name: string, finding: Finding) =>
    write(`${name}.finding`, finding);

  const linesOf = (log: string): string[] =>
    existsSync(join(folder, log))
      ? readFileSync(join(folder, log), 'utf8').trim().split('\n')
      : [];

  /**
   * The shipped file with other checksums, a registry, and another name of the engine: the local runner skips Docker steps and
   * the login to ECR.
   */
  const runnable = () =>
    shipped
      .replaceAll('${{ steps.ecr.outputs.registry }}', 'registry.example')
      .replace("if: steps.ecr.outputs.registry != ''", 'if: true')
      .replace(/(GITLEAKS_SHA256: ).*/, `$1${sha256.gitleaks}`)
      .replace(/(TRIVY_SHA256: ).*/, `$1${sha256.trivy}`)
      .replace(/^( +)docker /gm, '$1engine ');

  /** Runs the delivery.yml of the repo acme/infra, which stands for an app's. */
  const deliver = (
    environment: string,
    workflow = runnable(),
    ecrRepository = 'infra',
    afterwards = '',
  ) => {
    platform.commit({ [WORKFLOW]: workflow });
    return platform.dispatch(
      delivery
        .replaceAll('acme/platform-infra/', 'acme/infra/')
        .replaceAll('"user-service"', JSON.stringify(ecrRepository))
        // The job of pull requests, which a dispatch skips, has one too.
        .replace(
          /environment: \$\{\{ inputs.environment .*/,
          `environment: ${environment}`,
        )
        .concat(afterwards),
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
              `push registry.example/infra:${pushes
                .replace('SHA7', run.headSha.slice(0, 7))
                .replace('SHA', run.headSha)}`,
            ]
          : [],
      );
    },
  );

  it.each<{
    reason: string;
    environment: string;
    unfixed: 'block' | 'warn';
    fixed: Finding;
    says: string;
    pushes: boolean;
  }>([
    {
      reason: 'without a fix block, as those with one do',
      environment: 'test',
      unfixed: 'block',
      fixed: 'clean',
      says: '##[error]Trivy found HIGH or CRITICAL vulnerabilities, none of which has a fix yet. Remove the affected packages, or ask the platform team',
      pushes: false,
    },
    {
      reason: 'without a fix only warn if the platform team says so',
      environment: 'prod',
      unfixed: 'warn',
      fixed: 'clean',
      says: '##[warning]Trivy found HIGH or CRITICAL vulnerabilities, none of which has a fix yet. They do not block the push.',
      pushes: true,
    },
    {
      reason: 'with a fix always block',
      environment: 'prod',
      unfixed: 'warn',
      fixed: 'found',
      says: '##[error]Trivy found HIGH or CRITICAL vulnerabilities. Update the affected packages',
      pushes: false,
    },
    {
      reason: 'block where it is unknown whether they have a fix',
      environment: 'prod',
      unfixed: 'warn',
      fixed: 'error',
      says: '##[error]Trivy did not finish',
      pushes: false,
    },
    {
      reason: 'without a fix are warnings in dev',
      environment: 'dev',
      unfixed: 'block',
      fixed: 'clean',
      says: '##[warning]Trivy found HIGH or CRITICAL vulnerabilities, none of which has a fix yet. Remove the affected packages, or list',
      pushes: true,
    },
  ])(
    '$environment, $unfixed: vulnerabilities $reason',
    async ({ environment, unfixed, fixed, says, pushes }) => {
      meets('trivy', 'found');
      meets('fixed', fixed);
      const { run, log } = await deliver(
        environment,
        runnable().replace(
          /UNFIXED_VULNERABILITIES: block$/m,
          `UNFIXED_VULNERABILITIES: ${unfixed}`,
        ),
      );
      expect(log).toContain(says);
      expect(run.conclusion).toBe(pushes ? 'success' : 'failure');
      expect(linesOf('engine').some(line => line.startsWith('push'))).toBe(
        pushes,
      );
    },
  );

  it('builds, tests, scans and pushes the same image, in this order', async () => {
    const { run } = await deliver('test');
    const image = `app:test-${run.headSha.slice(0, 7)}`;
    const [build, test, save, tag, push, inspect] = linesOf('engine');
    expect(build).toBe(`build --tag ${image} .`);
    expect(test).toContain(
      `${image} sh -c if [ -f /repo/requirements-dev.txt ]`,
    );
    expect(save).toContain(image);
    expect(tag).toContain(`tag ${image} registry.example/infra:`);
    expect(push).toContain('push registry.example/infra:');
    expect(inspect).toContain('registry.example/infra:');
  });

  it.each([
    { ecrRepository: 'orders', reason: 'of a neighbour' },
    { ecrRepository: 'Infra', reason: 'in upper case' },
    { ecrRepository: 'infra/tools', reason: 'below its own' },
    { ecrRepository: 'acme/infra', reason: 'with the owner' },
    { ecrRepository: '', reason: 'without a name' },
  ])(
    'refuses an ECR repository $reason before it builds anything',
    async ({ ecrRepository }) => {
      const { run, log } = await deliver('dev', runnable(), ecrRepository);
      expect(run.conclusion).toBe('failure');
      expect(log).toContain(
        `##[error]ecr_repository: acme/infra may only push to its own ECR repository. Use infra. Got "${ecrRepository}".`,
      );
      for (const calls of ['engine', 'aws.calls', 'cosign.calls'])
        expect(linesOf(calls)).toEqual([]);
    },
  );

  it.each<{
    reason: string;
    answer: Record<string, string>;
    creates?: boolean;
    says?: string;
    stops?: boolean;
    retags?: boolean;
  }>([
    { reason: 'uses the repository that exists', answer: {} },
    {
      reason: 'creates a missing repository',
      answer: { 'describe-repositories': 'RepositoryNotFoundException' },
      creates: true,
      says: 'Created the ECR repository infra.',
    },
    {
      reason: 'goes on if another build created it at the same time',
      answer: {
        'describe-repositories': 'RepositoryNotFoundException',
        'create-repository': 'RepositoryAlreadyExistsException',
      },
      creates: true,
    },
    {
      reason: 'explains a role that may not create it',
      answer: {
        'describe-repositories': 'RepositoryNotFoundException',
        'create-repository': 'AccessDeniedException',
      },
      creates: true,
      says: '##[error]The push role may not create the ECR repository infra. Ask the platform team to compare the role with platform/iam/push.json.',
      stops: true,
    },
    {
      reason: 'explains a role that may not look',
      answer: { 'describe-repositories': 'AccessDeniedException' },
      says: '##[error]The push role may not describe the ECR repository infra.',
      stops: true,
    },
    {
      reason: 'explains an error of AWS',
      answer: { 'describe-repositories': 'ThrottlingException' },
      says: '##[error]AWS could not describe the ECR repository infra; its answer is above. Run the workflow again.',
      stops: true,
    },
    {
      reason: 'warns about tags that can be overwritten',
      answer: { 'describe-repositories': 'MUTABLE' },
      says: '##[warning]Tags of the ECR repository infra can be overwritten.',
    },
    {
      reason: 'tags a second build of a commit differently',
      answer: { 'describe-images': '{}' },
      says: "exists and can't change. This image gets the tag",
      retags: true,
    },
    {
      reason: 'pushes nothing if it cannot tell whether the tag exists',
      answer: { 'describe-images': 'ServerException' },
      says: '##[error]AWS could not describe the ECR repository infra',
      stops: true,
    },
  ])('$reason', async ({ answer, creates, says, stops, retags }) => {
    answers(answer);
    const { run, log } = await deliver('dev');
    expect(run.conclusion).toBe(stops ? 'failure' : 'success');
    if (says) expect(log).toContain(says);
    expect(
      linesOf('aws.calls').filter(call => call.includes('create-repository')),
    ).toEqual(
      creates
        ? [
            'ecr create-repository --repository-name infra --image-tag-mutability IMMUTABLE --image-scanning-configuration scanOnPush=true',
          ]
        : [],
    );
    expect(linesOf('engine').filter(line => line.startsWith('push'))).toEqual(
      stops
        ? []
        : [
            `push registry.example/infra:${run.headSha}${
              retags ? `-${run.id}-1` : ''
            }`,
          ],
    );
  });

  it('signs and attests the digest that it pushed, and returns it', async () => {
    const finished = await deliver(
      'test',
      // The local runner has no cosign-installer and no attest; their steps show what they would get.
      runnable().replace(
        /uses: actions\/attest@\S+.*\n +with:\n( +)(subject-name: .*)\n +(subject-digest: .*)/g,
        (_, indent, name, digest) =>
          `run: 'echo "attest ${name} ${digest}"'\n        env:\n${indent}X: x`,
      ),
      'infra',
      `
  deploy:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: echo "deploy \${{ needs.build.outputs.image }}@\${{ needs.build.outputs.image_digest }} \${{ needs.build.outputs.image_tag }}"
`,
    );
    expect(finished.run.conclusion).toBe('success');
    expect(linesOf('cosign.calls')).toEqual([
      `sign --yes registry.example/infra@${DIGEST}`,
    ]);
    expect(finished.log.match(/^attest .*/gm)).toEqual(
      Array(2).fill(
        `attest subject-name: registry.example/infra subject-digest: ${DIGEST}`,
      ),
    );
    expect(finished.log).toContain(
      `deploy registry.example/infra@${DIGEST} test-${finished.run.headSha.slice(
        0,
        7,
      )}`,
    );
    expect(finished.fullLog).toContain(
      `Deploy \`registry.example/infra@${DIGEST}\``,
    );
  });

  it.each([
    {
      reason: 'the digest is unknown',
      digests: `registry.example/orders@${DIGEST}\n`,
      exit: '0',
      says: "##[error]The digest of registry.example/infra:SHA is unknown, so the image can't be signed.",
    },
    {
      reason: 'signing fails',
      digests: `registry.example/infra@${DIGEST}\n`,
      exit: '1',
      says: `##[error]registry.example/infra@${DIGEST} was pushed, but not signed; clusters that verify signatures refuse it.`,
    },
  ])('fails if $reason', async ({ digests, exit, says }) => {
    write('digests', digests);
    write('cosign.exit', exit);
    const { run, log } = await deliver('dev');
    expect(run.conclusion).toBe('failure');
    expect(log).toContain(says.replace('SHA', run.headSha));
  });

  it.each([
    { environment: 'dev', counts: true },
    { environment: 'test', counts: false },
    { environment: 'prod', counts: false },
  ])(
    "$environment: the app's own scanner configuration counts: $counts",
    async ({ environment, counts }) => {
      const own = [
        '.gitleaks.toml',
        '.gitleaksignore',
        '.trivyignore',
        'trivy.yaml',
      ];
      platform.commit({
        ...Object.fromEntries(own.map(name => [name, `# ${environment}\n`])),
        '.gitattributes': '*.pem -diff\n',
        'key.pem': `a secret of ${environment}\n`,
      });
      meets('gitleaks', 'found');
      meets('trivy', 'found');
      const { log } = await deliver(environment);
      const [gitleaks] = linesOf('gitleaks.calls');
      const [trivy] = linesOf('trivy.calls');
      expect(gitleaks.includes('--ignore-gitleaks-allow')).toBe(!counts);
      expect(/--config \S+\/tools\/gitleaks.toml/.test(gitleaks)).toBe(!counts);
      expect(/--gitleaks-ignore-path \S+\/tools\//.test(gitleaks)).toBe(
        !counts,
      );
      expect(/--ignorefile \S+\/tools\//.test(trivy)).toBe(!counts);
      expect(
        own.filter(name => linesOf('gitleaks.source').includes(name)),
      ).toEqual(counts ? own : []);
      expect(
        linesOf('gitleaks.source').includes(`+a secret of ${environment}`),
      ).toBe(!counts);
      expect(own.filter(name => linesOf('trivy.files').includes(name))).toEqual(
        counts ? own : [],
      );
      expect(log).toContain(
        counts
          ? 'or list its fingerprint in .gitleaksignore.'
          : 'or ask the platform team to accept it in _build-and-release.yml; .gitleaks.toml, .gitleaksignore and gitleaks:allow only count in dev.',
      );
      expect(log).toContain(
        counts
          ? 'or list the vulnerabilities in .trivyignore.'
          : 'or ask the platform team to accept the vulnerabilities in _build-and-release.yml; trivy.yaml and .trivyignore only count in dev.',
      );
    },
  );

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

  /** Commits the app's delivery.yml in place of that of other tests. Returns the commit. */
  const commitDelivery = (branch = 'main') => {
    platform.commit({
      [WORKFLOW]: runnable().replace('if: true', 'if: inputs.push'),
    });
    const text = delivery
      .replaceAll('acme/platform-infra/', 'acme/infra/')
      .replaceAll('"user-service"', '"infra"');
    return platform.commit({ '.github/workflows/test.yml': text }, { branch })
      .after;
  };

  it('tests and scans a pull request, without a role and without a push', async () => {
    meets('gitleaks', 'found');
    const sha = commitDelivery('change');
    const [started] = await platform.actions.trigger(
      platform.createEvent({
        name: 'pull_request',
        ref: 'refs/heads/change',
        sha,
        payload: { action: 'opened', pull_request: { base: { ref: 'main' } } },
      }),
    );
    const finished = await platform.waitForEnd(started);
    expect(finished.run.conclusion).toBe('success');
    expect(finished.log).toContain('##[warning]Gitleaks found');
    expect(linesOf('engine').map(line => line.split(' ')[0])).toEqual([
      'build',
      'run',
      'save',
    ]);
    for (const calls of ['aws.calls', 'cosign.calls'])
      expect(linesOf(calls)).toEqual([]);
  });

  /** Merges a branch into main as GitHub's "Create a merge commit" does. Returns the merge. */
  const merge = (branch: string) => {
    const gitDir = platform.gitDir(platform.repo);
    const merged = runGit(
      gitDir,
      ...['-c', 'user.name=x', '-c', 'user.email=x@example.com'],
      ...['commit-tree', `${branch}^{tree}`, '-m', 'merge'],
      ...['-p', 'main', '-p', branch],
    );
    runGit(gitDir, 'update-ref', 'refs/heads/main', merged);
    return merged;
  };

  it.each([
    {
      reason: 'on main',
      tagged: () => commitDelivery(),
      pushes: true,
    },
    {
      reason: 'that merged a branch',
      tagged: () => {
        commitDelivery('merged');
        return merge('merged');
      },
      pushes: true,
    },
    {
      reason: 'that was never merged',
      tagged: () => commitDelivery('change'),
      pushes: false,
    },
    {
      reason: 'in the middle of a merged branch, which no review saw',
      tagged: () => {
        const middle = commitDelivery('several');
        platform.commit({ 'app.py': 'harmless' }, { branch: 'several' });
        merge('several');
        return middle;
      },
      pushes: false,
    },
  ])(
    'a version tag of a commit $reason: pushes $pushes',
    async ({ tagged, pushes }) => {
      const sha = tagged();
      const tag = `v1-${sha}`;
      runGit(platform.gitDir(platform.repo), 'tag', tag, sha);
      const [started] = await platform.actions.trigger(
        platform.createEvent({ ref: `refs/tags/${tag}`, sha }),
      );
      const { run, log } = await platform.waitForEnd(started);
      expect(run.conclusion).toBe(pushes ? 'success' : 'failure');
      if (!pushes)
        expect(log).toContain(
          '##[error]The tag names a commit that main never pointed to. Tag a commit of `git log --first-parent main`, such as the merge commit.',
        );
      expect(linesOf('engine').filter(line => line.startsWith('push'))).toEqual(
        pushes
          ? [`push registry.example/infra:staging-${sha.slice(0, 7)}`]
          : [],
      );
    },
  );

  it.each([
    {
      files: ['requirements-dev.txt'],
      calls: [
        'pip install --quiet --target /tmp/dev --requirement FOLDER/requirements-dev.txt',
        'python -m pytest -p no:cacheprovider tests',
      ],
      reason: 'pytest where the repo lists its test tools',
    },
    {
      files: [],
      calls: ['python -m unittest discover tests'],
      reason: 'unittest where it lists none',
    },
  ])('runs $reason', ({ files, calls }) => {
    const repo = createFolder();
    for (const file of files) writeFileSync(join(repo, file), '');
    for (const program of ['python', 'pip'])
      writeFileSync(join(repo, program), `#!/bin/sh\necho "${program} $*"\n`, {
        mode: 0o755,
      });
    const { default: command } =
      parse(shipped).on.workflow_call.inputs.test_command;
    const says = execFileSync(
      'sh',
      ['-c', command.replaceAll('/repo/', `${repo}/`)],
      {
        encoding: 'utf8',
        env: { PATH: [repo, process.env.PATH].join(delimiter) },
      },
    );
    expect(says.replaceAll(repo, 'FOLDER').trim().split('\n')).toEqual(calls);
  });

  it('skips the steps that require a container engine, and shows them as skipped', async () => {
    const finished = await deliver(
      'dev',
      runnable()
        .replace(/^( +)engine /gm, '$1docker ')
        .replace('if: true', "if: steps.ecr.outputs.registry != ''"),
    );
    expect(finished.run.conclusion).toBe('success');
    // The job of pull requests is skipped, and has no steps.
    const jobs = finished.run.jobs.filter(job => job.steps.length > 0);
    expect(
      listStepConclusions({ ...finished, run: { ...finished.run, jobs } }),
    ).toMatchObject({
      'Scan the repo for secrets': 'success',
      'Build the image': 'skipped',
      'Test the image': 'skipped',
      'Scan the image and create its bill of materials': 'skipped',
      'Decide whether the image may be pushed': 'success',
      'Create the ECR repository if it is missing': 'skipped',
      'Push the scanned image': 'skipped',
      'Sign the image': 'skipped',
    });
    expect(linesOf('engine')).toEqual([]);
  });
});
