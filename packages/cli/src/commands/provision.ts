import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
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
  ProvisionEvent,
  ProvisionMode,
  ProvisionResult,
  SecretsReader,
  TextFile,
  TfvarsMode,
} from '@goldenpath/plugin-golden-path-node';
import { EXIT, UsageError } from '../errors';
import { node } from '../node';
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
  env: string;
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
    .requiredOption('--env <environment>', ENVIRONMENTS.join(', '))
    .option('--tfvars <file>', 'terraform.tfvars that declares the databases')
    .addOption(
      new Option(
        '--root <dir>',
        'top folder of the infra repo: finds terraform.tfvars, writes audit and status there',
      ).conflicts('tfvars'),
    )
    .addOption(
      new Option('--mode <mode>', 'where terraform.tfvars is, with --root')
        .choices(['auto', 'standalone', 'coupled'])
        .default('auto'),
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
    .addOption(
      new Option(
        '--check',
        'look for drift, inside each database too; exit 2 where there is any',
      ).conflicts('dryRun'),
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
    .action(async (flags: ProvisionFlags) => {
      const settings = parseFlags(deps.terminal, flags);
      const { tfvars, ca } = await readInputs(deps, flags);
      const { provision, readTfvars } = node();
      const result = await provision(
        {
          environment: flags.env,
          entries: await readTfvars(tfvars.text, tfvars.path),
          options: { ...settings, signal: deps.stopSignal() },
        },
        {
          secrets: deps.secrets({ region: flags.region }),
          connect: deps.connect({ ca }),
          audit: deps.auditFile(auditOutput(flags)),
          report: reporter(deps.terminal, flags.json ?? false),
          now: deps.terminal.now,
        },
      );
      if (flags.root !== undefined && settings.mode === 'apply')
        await writeStatus(deps, flags, flags.root, result);
      deps.terminal.endWith(EXIT[result.outcome]);
    });

const parseFlags = (terminal: Terminal, flags: ProvisionFlags) => {
  const problems: string[] = [];
  if (!(ENVIRONMENTS as readonly string[]).includes(flags.env)) {
    problems.push(
      `--env: use one of ${ENVIRONMENTS.join(', ')}. Got ${JSON.stringify(
        flags.env,
      )}.`,
    );
  }
  if (flags.tfvars === undefined && flags.root === undefined) {
    problems.push(
      'give --root with the top folder of the infra repo, or --tfvars with a file.',
    );
  }
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
    flags.requireApproval && flags.env !== 'dev' && mode === 'apply';
  if (needsApproval && terminal.env.ALLOW_DB_PROVISION !== 'true') {
    problems.push(
      `"${flags.env}" is changed only with approval: set ALLOW_DB_PROVISION=true once somebody has given it.`,
    );
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return {
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

const readInputs = async (
  deps: ProvisionDeps,
  flags: ProvisionFlags,
): Promise<{ tfvars: TextFile; ca?: string }> => ({
  tfvars:
    flags.root === undefined
      ? await readGiven('--tfvars', flags.tfvars ?? '')
      : await node().locateTfvars(
          deps.directory(resolve(flags.root)),
          flags.env,
          { mode: flags.mode, environmentsPath: flags.environmentsPath },
        ),
  ca:
    flags.caFile === undefined
      ? undefined
      : (await readGiven('--ca-file', flags.caFile)).text,
});

const readGiven = async (option: string, path: string): Promise<TextFile> => {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new UsageError(
      `${option}: can't read ${path}: ${(error as Error).message}`,
    );
  }
};

const auditOutput = ({ auditOutput: given, root, env }: ProvisionFlags) =>
  resolve(given ?? join(root ?? '.', auditPath(env)));

const reporter =
  ({ out, err }: Terminal, isJson: boolean) =>
  (event: ProvisionEvent): void => {
    if (isJson) {
      out(JSON.stringify(event));
      return;
    }
    const isAsked = event.type === 'plan' || event.type === 'summary';
    for (const line of node().printEvent(event)) (isAsked ? out : err)(line);
  };

const writeStatus = async (
  { directory, terminal }: ProvisionDeps,
  flags: ProvisionFlags,
  root: string,
  result: ProvisionResult,
): Promise<void> => {
  const { catalogStatuses, setCatalogStatus } = node();
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
    flags.env,
    catalogStatuses(result.databases),
  );
  if (updated === text) return;
  await files.replace({ path, text: updated });
  terminal.err(`Changed ${path}.`);
};
