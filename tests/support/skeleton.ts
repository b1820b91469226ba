import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import { JsonObject } from '@backstage/types';
import {
  DEFAULT_DOMAIN,
  DEFAULT_RISK,
  DEFAULT_SIZE,
} from '@goldenpath/plugin-golden-path-common';
import { readGoldenPathConfig } from '../../plugins/scaffolder-backend-module-golden-path/src/config';
import { runAction } from '../../plugins/scaffolder-backend-module-golden-path/src/testing/actionContext';
import { skeletonValues as valuesFor } from '../../plugins/scaffolder-backend-module-golden-path/src/render/skeletonValues';

export const SKELETONS = resolve(__dirname, '../../skeleton');

/** The fields of a form that reach the skeleton. */
export interface Form {
  component_id: string;
  databaseName: string;
  username: string;
  owner: string;
  environment: string;
  description: string;
}

/** What the skeleton is rendered with for a form, on a platform with little configured. */
export const skeletonValues = (form: Form) =>
  valuesFor(
    {
      ...form,
      domain: DEFAULT_DOMAIN,
      risk: DEFAULT_RISK,
      size: DEFAULT_SIZE,
      requestedBy: 'jane',
    },
    CONFIG,
  );

const INTEGRATIONS = ScmIntegrations.fromConfig(new ConfigReader({}));
const CONFIG = readGoldenPathConfig(
  new ConfigReader({
    goldenPath: {
      infraRepo: { repoUrl: 'github.com?owner=acme&repo=platform-infra' },
      cluster: {
        registry: '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
        ingressDomain: 'apps.acme.example',
      },
    },
  }),
  INTEGRATIONS,
);

const refuse = async () => {
  throw new Error('A skeleton of this repository is read from its folder.');
};
const NOTHING_REMOTE = { readUrl: refuse, readTree: refuse, search: refuse };

/** Renders a skeleton into a fresh folder with the scaffolder's own fetch:template, and returns the folder. */
export const renderSkeleton = async (
  name: string,
  values: JsonObject,
): Promise<string> => {
  const workspacePath = temporaryFolder();
  const action = createFetchTemplateAction({
    reader: NOTHING_REMOTE,
    integrations: INTEGRATIONS,
  });
  await runAction(
    action,
    { url: `./${name}`, values },
    {
      workspacePath,
      templateInfo: {
        entityRef: `template:default/${name}`,
        baseUrl: pathToFileURL(join(SKELETONS, 'template.yaml')).href,
      },
    },
  );
  return workspacePath;
};

const temporaryFolder = () =>
  mkdtempSync(join(tmpdir(), 'golden-path-skeleton-'));

/** Every file below a folder, relative to it, with `/`, sorted. */
export const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split('\\')
        .join('/'),
    )
    .sort();
