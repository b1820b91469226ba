import { DatabaseUsage } from '@goldenpath/plugin-golden-path-common';
import { Connect, inspectUsage } from '@goldenpath/plugin-golden-path-node';
import { GoldenPathConfig } from '../config';
import { nameSettings } from '../settingNames';

/** Size, connections and counters of a database, or why nobody can tell. */
export type Usage = DatabaseUsage | { unknown: string };
export type ReadUsage = (
  environment: string,
  databaseName: string,
) => Promise<Usage>;

/** Asks the instance. A Backstage without access to it says so, and goes on: a person looks before the approval. */
export const createReadUsage =
  (deps: {
    config: Pick<GoldenPathConfig, 'provision' | 'secretPrefix'>;
    secrets: Parameters<typeof inspectUsage>[1]['secrets'];
    connect(): Promise<Connect>;
    now(): Date;
  }): ReadUsage =>
  async (environment, databaseName) => {
    const { config, secrets, now } = deps;
    try {
      return await inspectUsage(
        {
          environment,
          databaseName,
          options: {
            secretPrefix: config.secretPrefix,
            ...config.provision.instances[environment],
          },
        },
        { secrets, connect: await deps.connect(), now },
      );
    } catch (error) {
      return { unknown: nameSettings((error as Error).message, environment) };
    }
  };
