import type { MouseEvent } from 'react';
import {
  coreExtensionData,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';

/** The browser validates a form after the click, and before the form itself does. */
const withoutBrowserValidation = ({ target }: MouseEvent) => {
  const form = (target as Element).closest('form');
  if (form) form.noValidate = true;
};

/**
 * Template forms show the messages of all their fields at once. Otherwise the browser stops at the first empty field and
 * shows a message of its own. The page of the new frontend system takes no `formProps.noHtml5Validate`.
 */
export const allMessagesAtOnce = createFrontendModule({
  pluginId: 'scaffolder',
  extensions: [
    scaffolderPlugin.getExtension('sub-page:scaffolder/templates').override({
      *factory(originalFactory) {
        const page = originalFactory();
        yield* page;
        yield coreExtensionData.reactElement(
          <div onClickCapture={withoutBrowserValidation}>
            {page.get(coreExtensionData.reactElement)}
          </div>,
        );
      },
    }),
  ],
});
