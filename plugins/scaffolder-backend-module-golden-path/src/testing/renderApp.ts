import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import { createRenderApp } from '../render/renderApp';
import { skeletonsFolder } from '../render/skeletons';
import { Harness } from './harness';

const refuse = async () => {
  throw new Error('Skeletons of this repository are read from their folder.');
};
const nothingRemote = { readUrl: refuse, readTree: refuse, search: refuse };

/** The renderer as module.ts builds it; from the shipped skeletons unless told otherwise. */
export const newRenderApp = (harness: Harness, skeletons = skeletonsFolder()) =>
  createRenderApp({
    config: harness.config,
    fetchTemplate: createFetchTemplateAction({
      reader: nothingRemote,
      integrations: harness.integrations,
    }),
    skeletons,
  });
