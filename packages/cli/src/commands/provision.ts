import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import {
  auditPath,
  CATALOG_PATH,
  DEFAULT_SECRET_PREFIX,
  ENVIRONMENTS,
} from '@goldenpath/plugin-golden-path-common';
import type {
  AuditSink,
  Connect,
  InfraFiles,
  ProvisionMode,
  ProvisionResult,
  SecretsReader,
  TextFile,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-node';
import { EXIT, UsageError } from '../errors';
import { readGiven } from '../givenFile';
import {
  environmentRule,
  hostRule,
  infraRepoRules,
  neededProblems,
  problemsText,
  settingProblems,
} from '../infraRepoFlags';
import { node } from '../node';
import { provisionReporter } from '../report/provisionReporter';
import type { Terminal } from '../terminal';

/** What the command works with. Each is made when it is needed, so that wrong use is told at once. */
export interface ProvisionDeps {
  terminal: Terminal;
  directory(
    root: string,
  ): InfraFiles & { replace(file: TextFile): Promise<void> };
  secrets(options: { region?: string }): SecretsReader;
  connect(options: { ca?: string }): Connect;
  auditFile(path: string): AuditSink;
  /** Aborted when the process is asked to end. */
  stopSignal(): AbortSignal;
}

interface ProvisionFlags {
  env?: string;
  tfvars?: string;
  root?: string;
  mode: TfvarsMode;
  catalog?: string;
  environmentsPath?: string;
  secretPrefix: string;
  masterSecret?: string;
  host?: string;
  port?: string;
  region?: string;
  buildId?: string;
  runId?: string;
  auditOutput?: string;
  dryRun?: boolean;
  check?: boolean;
  requireApproval?: boolean;
  failFast: boolean;
  skipPreflight?: boolean;
  loginTest: boolean;
  concurrency: string;
  lockTimeout: string;
  caFile?: string;
  adopt?: boolean;
  json?: boolean;
}

/** `goldenpath-rds provision`: makes roles, databases and grants as terraform.tfvars declares them. */
export const provisionCommand = (deps: ProvisionDeps): Command =>
  new Command('provision')
    .description(
      'Make roles, databases and grants on the shared instance as terraform.tfvars declares them.',
    )
    // All options are checked together: commander would name the first that is wrong, and stop.
    .option('--env <environment>', `${ENVIRONMENTS.join(', ')} (needed)`)
    .option(
      '--tfvars <file>',
      'terraform.tfvars that declares the databases (this or --root is needed)',
    )
    .option(
      '--root <dir>',
      'top folder of the infra repo: finds terraform.tfvars, writes audit and status there',
    )
    .option(
      '--mode <mode>',
      'where terraform.tfvars is, with --root: auto, standalone, coupled',
      'auto',
    )
    .option('--catalog <file>', 'path of rds-catalog.yaml in the infra repo')
    .option(
      '--environments-path <dir>',
      'folder of the environments in the infra repo',
    )
    .option(
      '--secret-prefix <prefix>',
      'first part of secret names',
      DEFAULT_SECRET_PREFIX,
    )
    .option('--master-secret <name>', "secret with the master's credentials")
    .option('--host <host>', "the instance, instead of its master secret's")
    .option('--port <port>', "its port, instead of its master secret's")
    .option('--region <region>', 'AWS region (AWS_REGION)')
    .option('--build-id <id>', 'build, for the audit')
    .option('--run-id <id>', 'run, for the audit (GITHUB_RUN_ID)')
    .option(
      '--audit-output <file>',
      'audit to append to; governance/<env>/rds_provision_audit.csv unless given',
    )
    .option('--dry-run', 'show the plan and change nothing')
    .option(
      '--check',
      'look for drift, inside each database too; exit 2 where there is any',
    )
    .option(
      '--require-approval',
      'change other environments than dev only with ALLOW_DB_PROVISION=true',
    )
    .option('--no-fail-fast', 'go on with the others when a database fails')
    .option('--skip-preflight', "don't look beforehand for what may go wrong")
    .option('--no-login-test', 'trust the mark instead of logging in')
    .option('--concurrency <number>', 'databases at a time', '4')
    .option('--lock-timeout <time>', 'how long to wait for other runs', '15m')
    .option('--ca-file <file>', "CA of the instance, instead of RDS's own")
    .option('--adopt', "take over roles, and the master's databases, as found")
    .option('--json', 'print events, one JSON object a line')
    .addHelpText('after', HELP)
    .action(async (flags: ProvisionFlags) => {
      const { environment, given, ...settings } = await parseFlags(
        deps.terminal,
        flags,
      );
      const tfvars =
        given.tfvars ?? (await locateInRoot(deps, flags, environment));
      const { provision, readTfvars } = node();
      const reporter = provisionReporter(deps.terminal, {
        isJson: flags.json ?? false,
      });
      const signal = deps.stopSignal();
      signal.addEventListener('abort', () =>
        reporter.report({ type: 'note', text: STOPPING }),
      );
      try {
        const result = await provision(
          {
            environment,
            entries: await readTfvars(tfvars.text, tfvars.path, environment),
            options: { ...settings, signal },
          },
          {
            secrets: deps.secrets({ region: flags.region }),
            connect: deps.connect({ ca: given.ca }),
            audit: deps.auditFile(auditOutput(flags, environment)),
            report: reporter.report,
            now: deps.terminal.now,
          },
        );
        if (flags.root !== undefined && settings.mode === 'apply')
          await writeStatus(deps, flags, flags.root, environment, result);
        deps.terminal.endWith(EXIT[result.outcome]);
      } finally {
        reporter.end();
      }
    });

const STOPPING =
  'asked to stop: what is under way is finished first. Asking once more ends it as it is.';

const HELP = `
Exit codes:
  0   done, or nothing to do
  1   failed: a database was refused or failed, or the run was stopped
  2   --check found drift
  64  wrong use

Environment:
  ALLOW_DB_PROVISION=true  the approval that --require-approval wants
  AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                           where Secrets Manager is asked and as whom, as in every AWS tool
  AWS_ENDPOINT_URL_SECRETS_MANAGER
                           another endpoint of Secrets Manager, such as a VPC's
  GITHUB_RUN_ID            run, for the audit, unless --run-id is given
  CI                       where set, lines instead of a progress bar

Examples:
  goldenpath-rds provision --env dev --root . --dry-run
  goldenpath-rds provision --env prod --root . --require-approval --no-fail-fast --ca-file ca.pem
`;

/** @throws UsageError with everything that is wrong with the options, and with the files that they name */
const parseFlags = async (terminal: Terminal, flags: ProvisionFlags) => {
  const problems = neededProblems([environmentRule(flags.env)]);
  if (flags.tfvars === undefined && flags.root === undefined) {
    problems.push(
      'give --root with the top folder of the infra repo, or --tfvars with a file.',
    );
  }
  if (flags.tfvars !== undefined && flags.root !== undefined)
    problems.push('--root and --tfvars: give one of them.');
  if (flags.root !== undefined && !(await isFolder(flags.root)))
    problems.push(`--root: ${resolve(flags.root)} is no folder.`);
  if (flags.check && flags.dryRun)
    problems.push('--check and --dry-run: give one of them.');
  problems.push(
    ...settingProblems([...infraRepoRules(flags), hostRule(flags.host)]),
  );
  const wholeNumber = (option: string, text: string, max: number) => {
    const number = Number(text);
    if (/^[0-9]+$/.test(text) && number >= 1 && number <= max) return number;
    problems.push(
      `${option}: use a whole number from 1 to ${max}. Got ${JSON.stringify(
        text,
      )}.`,
    );
    return undefined;
  };
  const port =
    flags.port === undefined
      ? undefined
      : wholeNumber('--port', flags.port, 65535);
  const concurrency = wholeNumber('--concurrency', flags.concurrency, 100);
  const lockTimeoutMs = parseTime(flags.lockTimeout);
  if (lockTimeoutMs === undefined) {
    problems.push(
      `--lock-timeout: use a number with ms, s, m or h, such as 15m. Got ${JSON.stringify(
        flags.lockTimeout,
      )}.`,
    );
  }
  const mode = modeOf(flags);
  // A run that changes nothing needs nobody's approval.
  const needsApproval =
    flags.requireApproval &&
    flags.env !== undefined &&
    flags.env !== 'dev' &&
    mode === 'apply';
  if (needsApproval && terminal.env.ALLOW_DB_PROVISION !== 'true') {
    problems.push(
      `"${flags.env}" is changed only with approval: set ALLOW_DB_PROVISION=true once somebody has given it.`,
    );
  }
  const tfvars = await readGiven(problems, '--tfvars', flags.tfvars);
  const ca = await readGiven(problems, '--ca-file', flags.caFile);
  if (ca && !ca.text.includes('-----BEGIN CERTIFICATE-----')) {
    problems.push(
      `--ca-file: ${ca.path} holds no certificate; give a PEM file, with -----BEGIN CERTIFICATE----- in it.`,
    );
  } else if (ca && !isCertificate(ca.text)) {
    problems.push(
      `--ca-file: the first certificate in ${ca.path} can't be read; get the file anew.`,
    );
  }
  if (problems.length > 0 || flags.env === undefined)
    throw new UsageError(problemsText(problems));
  return {
    environment: flags.env,
    given: { tfvars, ca: ca?.text },
    mode,
    secretPrefix: flags.secretPrefix,
    masterSecret: flags.masterSecret,
    host: flags.host,
    port,
    buildId: flags.buildId,
    runId: flags.runId ?? terminal.env.GITHUB_RUN_ID,
    adopt: flags.adopt,
    failFast: flags.failFast,
    loginTest: flags.loginTest,
    preflight: !flags.skipPreflight,
    concurrency,
    lockTimeoutMs,
  };
};

/** Node passes over a certificate that it can't read, and then trusts none. */
const isCertificate = (pem: string): boolean => {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
};

const modeOf = (flags: ProvisionFlags): ProvisionMode => {
  if (flags.check) return 'check';
  return flags.dryRun ? 'dry-run' : 'apply';
};

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a time such as `15m`; undefined for anything else. */
const parseTime = (text: string): number | undefined => {
  const match = /^([0-9]{1,9})(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2]] : undefined;
};

const locateInRoot = (
  { directory }: ProvisionDeps,
  { root = '.', mode, environmentsPath }: ProvisionFlags,
  environment: string,
): Promise<TextFile> =>
  node().locateTfvars(directory(resolve(root)), environment, {
    mode,
    environmentsPath,
  });

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

const auditOutput = (
  { auditOutput: given, root }: ProvisionFlags,
  environment: string,
) => resolve(given ?? join(root ?? '.', auditPath(environment)));

const writeStatus = async (
  { directory, terminal }: ProvisionDeps,
  flags: ProvisionFlags,
  root: string,
  environment: string,
  result: ProvisionResult,
): Promise<void> => {
  const { listCatalogStatuses, setCatalogStatus } = node();
  const path = flags.catalog ?? CATALOG_PATH;
  const files = directory(resolve(root));
  const text = await files.read(path);
  if (text === undefined) {
    terminal.err(`${path} does not exist, so no status was written.`);
    return;
  }
  const updated = setCatalogStatus(
    text,
    path,
    environment,
    listCatalogStatuses(result.databases),
  );
  if (updated === text) return;
  await files.replace({ path, text: updated });
  terminal.err(`Changed ${path}.`);
};
