import { type Command, Option } from 'commander';
import { FIELD_RULES } from '@goldenpath/plugin-golden-path-common';
import { CheckedOption, createCommand, refuseProblems } from '../checkedOption';
import {
  createEnvironmentOption,
  createInfraRepoOptions,
  createRootOption,
  InfraRepoFlags,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import { openInfraRepo } from '../openInfraRepo';
import { createCaOption, createTargetOptions, readCa } from './instanceOptions';
import type { ProvisionDeps } from './provision';

/** The ports of the command. Each is created on first use, after the options are checked. */
export type UsageDeps = Pick<
  ProvisionDeps,
  'terminal' | 'directory' | 'secrets' | 'connect' | 'stopSignal'
>;

interface UsageFlags extends InfraRepoFlags {
  root: string;
  env: string;
  database: string;
  masterSecret?: string;
  host?: string;
  port?: string;
  region?: string;
  caFile?: string;
  json?: boolean;
}

/** `goldenpath-rds usage`: shows size, connections and counters of a database. Changes nothing. */
export const usageCommand = (deps: UsageDeps): Command =>
  createCommand(
    'usage',
    'Show size, open connections and counters of a database, as the master. Changes nothing.',
    [
      createRootOption(),
      createEnvironmentOption(),
      new CheckedOption('--database <name>', 'database name').require(
        `the name of the database, such as ${FIELD_RULES.databaseName.example}`,
      ),
      ...createInfraRepoOptions(),
      ...createTargetOptions(),
      createCaOption(),
      new Option('--json', 'print one JSON object'),
    ],
  ).action(async (flags: UsageFlags, command: Command) => {
    const { terminal } = deps;
    const { settings } = await openInfraRepo(deps.directory, flags, command);
    const problems: string[] = [];
    const ca = await readCa(problems, flags.caFile);
    refuseProblems(problems);
    const { escapeControlCharacters, inspectUsage, listUsage } = loadNode();
    const usage = await inspectUsage(
      {
        environment: flags.env,
        databaseName: flags.database,
        options: {
          masterSecret: flags.masterSecret,
          secretPrefix: settings.secretPrefix,
          host: flags.host,
          port: flags.port === undefined ? undefined : Number(flags.port),
          signal: deps.stopSignal(),
        },
      },
      {
        secrets: deps.secrets({ region: flags.region }),
        connect: deps.connect({ ca: ca?.text, caFile: ca?.path }),
        now: terminal.now,
      },
    );
    if (flags.json) {
      terminal.out(
        JSON.stringify({
          environment: flags.env,
          database: flags.database,
          ...usage,
        }),
      );
      return;
    }
    for (const [name, value] of listUsage(usage))
      terminal.out(escapeControlCharacters(`${name}: ${value}`));
  });
