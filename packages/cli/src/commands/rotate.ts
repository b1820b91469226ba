import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  auditPath,
  InfraSettings,
  Risk,
  RISKS,
} from '@goldenpath/plugin-golden-path-common';
import type {
  AuditSink,
  Connect,
  InfraListing,
  RotationEvent,
  RotationSecrets,
  TfvarsEntry,
} from '@goldenpath/plugin-golden-path-node';
import { createCommand, createUsageError } from '../checkedOption';
import { resolveSettings, toInfraRepoOptions } from '../createInfraRepoOptions';
import { EXIT } from '../errors';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';
import {
  parseRotateFlags,
  ROTATE_HELP,
  RotateFlags,
  rotateOptions,
} from './rotateFlags';

/** The ports of the command. Each is created on first use, after the options are checked. */
export interface RotateDeps {
  terminal: Terminal;
  directory(root: string): InfraListing;
  rotationSecrets(options: { region?: string }): RotationSecrets;
  connect(options: { ca?: string; caFile?: string }): Connect;
  auditFile(path: string): AuditSink;
  /** Aborted by SIGTERM or Ctrl-C. */
  stopSignal(): AbortSignal;
}

/** `goldenpath-rds rotate`: gives databases new passwords, with two logins in turn. */
export const rotateCommand = (deps: RotateDeps): Command =>
  createCommand(
    'rotate',
    'Rotate the passwords of databases, with two logins in turn, so that no pod loses its connection.',
    rotateOptions(),
  )
    .addHelpText('after', ROTATE_HELP)
    .action(async (flags: RotateFlags, command: Command) => {
      const { terminal } = deps;
      const files = deps.directory(resolve(flags.root));
      const settings = await resolveSettings(files, flags);
      const { environment, database, isForced, isDryRun, ca, options } =
        await parseRotateFlags(terminal, flags, command, settings);
      const { rotateEnvironment } = loadNode();
      const entries = await readEntries(files, environment, settings, flags);
      const audit = deps.auditFile(
        resolve(flags.root, flags.auditOutput ?? auditPath(environment)),
      );
      // Check first that the audit file is writable.
      if (!isDryRun) await audit.prepare();
      const { outcome } = await rotateEnvironment(
        {
          secrets: deps.rotationSecrets({ region: flags.region }),
          connect: deps.connect({ ca: ca?.text, caFile: ca?.path }),
          audit,
          report: createReporter(terminal, flags.json ?? false),
          now: terminal.now,
          options: { ...options, signal: deps.stopSignal() },
          readEntries: async () => entries,
        },
        {
          environment,
          entries: selectEntries(entries, environment, database),
          risks: await readRisks(files, settings.catalog, environment),
          isAskedFor: database !== undefined,
          isForced,
          isDryRun,
        },
      );
      terminal.endWith(EXIT[outcome]);
    });

const readEntries = async (
  files: InfraListing,
  environment: string,
  settings: InfraSettings,
  { mode }: RotateFlags,
): Promise<TfvarsEntry[]> => {
  const { locateTfvars, readTfvars } = loadNode();
  const { text, path } = await locateTfvars(
    files,
    environment,
    toInfraRepoOptions(settings, mode),
  );
  return readTfvars(text, path, environment);
};

/** @throws UsageError when no entry declares the database */
const selectEntries = (
  entries: readonly TfvarsEntry[],
  environment: string,
  database: string | undefined,
): readonly TfvarsEntry[] => {
  if (database === undefined) return entries;
  const selected = entries.filter(
    ({ databaseName }) => databaseName === database,
  );
  if (selected.length === 0)
    throw createUsageError([
      `--database: terraform.tfvars of ${environment} declares no database ${JSON.stringify(
        database,
      )}.`,
    ]);
  return selected;
};

/** By database name; what the catalog doesn't have gets the contract's default. */
const readRisks = async (
  files: InfraListing,
  path: string,
  environment: string,
): Promise<Map<string, Risk>> => {
  const text = await files.read(path);
  if (text === undefined) return new Map();
  const catalog = loadNode().readCatalog(text, path);
  return new Map(
    Object.entries(catalog[environment] ?? {}).flatMap(
      ([name, { metadata }]): Array<[string, Risk]> => {
        const risk = RISKS.find(one => one === metadata.risk);
        return risk ? [[name, risk]] : [];
      },
    ),
  );
};

/** Results go to stdout, progress to stderr. */
const createReporter =
  ({ out, err }: Terminal, isJson: boolean) =>
  (event: RotationEvent): void => {
    if (isJson) {
      out(JSON.stringify(event));
      return;
    }
    const isResult = event.type === 'rotation' || event.type === 'summary';
    for (const line of loadNode().printRotationEvent(event))
      (isResult ? out : err)(line);
  };
