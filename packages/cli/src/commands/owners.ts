import type { Command } from 'commander';
import type { InfraFiles } from '@goldenpath/plugin-golden-path-node';
import { createCommand, CheckedOption } from '../checkedOption';
import {
  createEnvironmentOption,
  InfraRepoFlags,
  createInfraRepoOptions,
  createRootOption,
} from '../createInfraRepoOptions';
import { loadNode } from '../node';
import { openInfraRepo, readCatalogText } from '../openInfraRepo';
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
  createCommand(
    'owners',
    'Print a ConfigMap with the secrets of each owner: the parameters of platform/kubernetes/policy, for kubectl apply.',
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
    const { files, settings } = await openInfraRepo(directory, flags, command);
    const { catalog, secretPrefix } = settings;
    const text = await readCatalogText(files, catalog, flags.root);
    const rendered = loadNode().renderDatabaseOwners(text, catalog, {
      store: flags.store,
      environment: flags.env,
      secretPrefix,
    });
    for (const line of rendered.trimEnd().split('\n')) terminal.out(line);
  });
