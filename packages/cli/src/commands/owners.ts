import { resolve } from 'node:path';
import { Command } from 'commander';
import type { InfraFiles } from '@goldenpath/plugin-golden-path-node';
import {
  addOptions,
  CheckedOption,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import { UsageError } from '../errors';
import {
  createEnvironmentOption,
  findEnvironmentProblems,
  InfraRepoFlags,
  createInfraRepoOptions,
  resolveSettings,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';

/** The ports of the command. */
export interface OwnersDeps {
  terminal: Terminal;
  directory(root: string): InfraFiles;
}

interface OwnersFlags extends InfraRepoFlags {
  root: string;
  env: string;
  store: string;
}

/** `goldenpath-rds owners`: prints the parameters of the admission policy, the secrets of each owner. Changes nothing. */
export const ownersCommand = ({ terminal, directory }: OwnersDeps): Command =>
  addOptions(
    new Command('owners').description(
      'Print a ConfigMap with the secrets of each owner: the parameters of platform/kubernetes/policy, for kubectl apply.',
    ),
    [
      createRootOption(),
      createEnvironmentOption(),
      new CheckedOption('--store <name>', 'name of the ClusterSecretStore')
        .default('aws-secrets-manager')
        .allow(
          /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
          'use the name of a ClusterSecretStore, such as aws-secrets-manager',
        ),
      ...createInfraRepoOptions(),
    ],
  ).action(async (flags: OwnersFlags, command: Command) => {
    const files = directory(resolve(flags.root));
    const settings = await resolveSettings(files, flags);
    refuseProblems([
      ...findEnvironmentProblems(flags.env, settings),
      ...findOptionProblems(command),
    ]);
    const { catalog, secretPrefix } = settings;
    const text = await files.read(catalog);
    if (text === undefined)
      throw new UsageError(
        `--catalog: there is no ${catalog} in ${resolve(
          flags.root,
        )}; set --root to the top folder of the infra repo.`,
      );
    const rendered = loadNode().renderDatabaseOwners(text, catalog, {
      store: flags.store,
      environment: flags.env,
      secretPrefix,
    });
    for (const line of rendered.trimEnd().split('\n')) terminal.out(line);
  });
