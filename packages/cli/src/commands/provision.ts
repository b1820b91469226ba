import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { auditPath } from '@goldenpath/plugin-golden-path-common';
import type {
  AuditSink,
  Connect,
  InfraListing,
  ProvisionResult,
  SecretsReader,
  TextFile,
  TfvarsEntry,
} from '@goldenpath/plugin-golden-path-node';
import { createCommand, refuseProblems } from '../checkedOption';
import { EXIT } from '../errors';
import { toInfraRepoOptions, resolveSettings } from '../createInfraRepoOptions';
import { readGivenAgain } from '../givenFile';
import { loadNode } from '../node';
import { createProvisionReporter } from '../report/provisionReporter';
import type { Terminal } from '../terminal';
import {
  parseFlags,
  PROVISION_HELP,
  ProvisionFlags,
  provisionOptions,
} from './provisionFlags';

/** The ports of the command. Each is created on first use, after the options are checked. */
export interface ProvisionDeps {
  terminal: Terminal;
  directory(
    root: string,
  ): InfraListing & { replace(file: TextFile): Promise<void> };
  secrets(options: { region?: string }): SecretsReader;
  connect(options: { ca?: string; caFile?: string }): Connect;
  auditFile(path: string): AuditSink;
  /** Aborted by SIGTERM or Ctrl-C. */
  stopSignal(): AbortSignal;
}

/** `goldenpath-rds provision`: creates roles, databases and grants as terraform.tfvars declares them. */
export const provisionCommand = (deps: ProvisionDeps): Command =>
  createCommand(
    'provision',
    'Create roles, databases and grants on the shared instance as terraform.tfvars declares them.',
    provisionOptions(),
  )
    .addHelpText('after', PROVISION_HELP)
    .action(async (flags: ProvisionFlags, command: Command) => {
      const files = deps.directory(resolve(flags.root ?? '.'));
      const settings = await resolveSettings(
        flags.root === undefined ? undefined : files,
        flags,
      );
      const { environment, given, ...options } = await parseFlags(
        deps.terminal,
        flags,
        command,
        settings,
      );
      const { locateTfvars, provision, readTfvars } = loadNode();
      let parsed: { file: TextFile; entries: TfvarsEntry[] } | undefined;
      const readEntries = async (file: TextFile | undefined) => {
        const { path, text } =
          file ??
          (await locateTfvars(
            files,
            environment,
            toInfraRepoOptions(settings, flags.mode),
          ));
        // Read again under the lock, and parsed again only if it has changed: that takes longer than to read a secret.
        if (parsed?.file.path !== path || parsed.file.text !== text) {
          const entries = await readTfvars(text, path, environment);
          refuseDeclared(options.retire ?? [], entries, path);
          parsed = { file: { path, text }, entries };
        }
        return parsed.entries;
      };
      if (flags.root !== undefined)
        await refuseUnreadable(files, [
          settings.catalog,
          ...(flags.auditOutput === undefined ? [auditPath(environment)] : []),
        ]);
      const reporter = createProvisionReporter(deps.terminal, {
        isJson: flags.json ?? false,
      });
      if (flags.retire === true && !flags.dryRun)
        reporter.report({ type: 'note', text: ONLY_LISTED });
      const signal = deps.stopSignal();
      signal.addEventListener('abort', () =>
        reporter.report({ type: 'note', text: STOPPING }),
      );
      try {
        const result = await provision(
          {
            environment,
            entries: await readEntries(given.tfvars),
            readEntries: async () =>
              readEntries(
                flags.tfvars === undefined
                  ? undefined
                  : await readGivenAgain('--tfvars', flags.tfvars),
              ),
            options: { ...options, signal },
          },
          {
            secrets: deps.secrets({ region: flags.region }),
            connect: deps.connect({
              ca: given.ca?.text,
              caFile: given.ca?.path,
            }),
            audit: deps.auditFile(auditOutput(flags, environment)),
            report: reporter.report,
            now: deps.terminal.now,
          },
        );
        if (flags.root !== undefined && options.mode === 'apply')
          await writeStatus(
            deps.terminal,
            files,
            settings.catalog,
            environment,
            result,
          );
        deps.terminal.endWith(EXIT[result.outcome]);
      } finally {
        reporter.end();
      }
    });

/** What can't be read, as a symbolic link, can't be written after the run. @throws InputError for the first */
const refuseUnreadable = async (
  files: InfraListing,
  paths: string[],
): Promise<void> => {
  for (const path of paths) await files.read(path);
};

/** @throws UsageError for a database to lock that the file declares */
const refuseDeclared = (
  names: readonly string[],
  entries: readonly TfvarsEntry[],
  path: string,
): void => {
  const declared = entries.filter(({ databaseName }) =>
    names.includes(databaseName),
  );
  refuseProblems(
    declared.map(
      ({ databaseName, line }) =>
        `--retire: ${databaseName} is declared in ${path}:${line}, so nothing was changed. Remove its entry first: goldenpath-rds decommission.`,
    ),
  );
};

const ONLY_LISTED =
  '--retire names no database, so nothing is changed: these are the roles that could be locked.';

const STOPPING =
  'stopping after the statements that are running. A second signal ends the process at once.';

const auditOutput = (
  { auditOutput: given, root }: ProvisionFlags,
  environment: string,
) => resolve(given ?? join(root ?? '.', auditPath(environment)));

const writeStatus = async (
  terminal: Terminal,
  files: ReturnType<ProvisionDeps['directory']>,
  path: string,
  environment: string,
  result: ProvisionResult,
): Promise<void> => {
  const { listCatalogStatuses, setCatalogStatus } = loadNode();
  const text = await files.read(path);
  if (text === undefined) {
    terminal.err(`No status was written: ${path} does not exist.`);
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
