import { resolve } from 'node:path';
import type CliTable3 from 'cli-table3';
import { Command } from 'commander';
import type { InfraFiles } from '@goldenpath/plugin-golden-path-node';
import {
  addOptions,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import { UsageError } from '../errors';
import {
  createCatalogOption,
  createEnvironmentOption,
  findEnvironmentProblems,
  resolveSettings,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';

/** The ports of the command. */
export interface StatusDeps {
  terminal: Terminal;
  directory(root: string): InfraFiles;
}

interface StatusFlags {
  root: string;
  env: string;
  catalog?: string;
}

/** Loaded on first use. */
const cliTable = (): typeof CliTable3 => require('cli-table3');

/** `goldenpath-rds status`: lists the databases of an environment from the catalog. Connects to no server. */
export const statusCommand = ({ terminal, directory }: StatusDeps): Command =>
  addOptions(
    new Command('status').description(
      'List the databases of an environment in rds-catalog.yaml with their status.',
    ),
    [createRootOption(), createEnvironmentOption(), createCatalogOption()],
  ).action(async (flags: StatusFlags, command: Command) => {
    const { root, env } = flags;
    const files = directory(resolve(root));
    const settings = await resolveSettings(files, flags);
    refuseProblems([
      ...findEnvironmentProblems(env, settings),
      ...findOptionProblems(command),
    ]);
    const { catalog } = settings;
    const text = await files.read(catalog);
    if (text === undefined)
      throw new UsageError(
        `--catalog: there is no ${catalog} in ${resolve(
          root,
        )}; set --root to the top folder of the infra repo.`,
      );
    const entries = Object.entries(
      loadNode().readCatalog(text, catalog)[env] ?? {},
    );
    if (entries.length === 0) {
      terminal.out(`${catalog} has no database of ${env}.`);
      return;
    }
    const Table = cliTable();
    const table = new Table({
      head: ['Database', 'User', 'App', 'Owner', 'Status', 'Since'],
      style: { head: [], border: [], compact: true },
    });
    table.push(
      ...entries.map(([database, { metadata, configuration }]) => [
        database,
        configuration.username,
        metadata.component,
        metadata.owner,
        metadata.status,
        metadata.created_date,
      ]),
    );
    for (const line of table.toString().split('\n')) terminal.out(line);
  });
