import { mockServices } from '@backstage/backend-test-utils';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import { createRenderApp } from '../render/renderApp';
import { skeletonsFolder } from '../render/skeletons';
import { Harness } from './harness';

/** The renderer as module.ts builds it; from the shipped skeletons unless told otherwise. */
export const newRenderApp = (harness: Harness, skeletons = skeletonsFolder()) =>
  createRenderApp({
    config: harness.config,
    fetchTemplate: createFetchTemplateAction({
      reader: mockServices.urlReader.mock(),
      integrations: harness.integrations,
    }),
    skeletons,
  });
