import type CliTable3 from 'cli-table3';
import { type Command, Option } from 'commander';
import type { InfraFiles } from '@goldenpath/plugin-golden-path-node';
import { createCommand } from '../checkedOption';
import {
  createCatalogOption,
  createEnvironmentOption,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import { openInfraRepo, readCatalogText } from '../openInfraRepo';
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
  json?: boolean;
}

/** Loaded on first use. */
const cliTable = (): typeof CliTable3 => require('cli-table3');

/** `goldenpath-rds status`: lists the databases of an environment from the catalog. Connects to no server. */
export const statusCommand = ({ terminal, directory }: StatusDeps): Command =>
  createCommand(
    'status',
    'List the databases of an environment in rds-catalog.yaml with their status.',
    [
      createRootOption(),
      createEnvironmentOption(),
      createCatalogOption(),
      new Option('--json', 'print the databases as one JSON array'),
    ],
  ).action(async (flags: StatusFlags, command: Command) => {
    const { root, env } = flags;
    const { files, settings } = await openInfraRepo(directory, flags, command);
    const { catalog } = settings;
    const text = await readCatalogText(files, catalog, root);
    const entries = Object.entries(
      loadNode().readCatalog(text, catalog)[env] ?? {},
    );
    if (flags.json) {
      terminal.out(
        JSON.stringify(
          entries.map(([database, { metadata, configuration }]) => ({
            database,
            username: configuration.username,
            ...metadata,
          })),
        ),
      );
      return;
    }
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
