import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { cardMessages } from './card/messages';
import { pageMessages } from './page/messages';
import { statusMessages } from './status/messages';

/**
 * Every text of the plugin. The rules of names are the contract's, and have no translation.
 *
 * @public
 */
export const goldenPathTranslationRef = createTranslationRef({
  id: 'golden-path',
  messages: {
    status: statusMessages,
    card: cardMessages,
    page: pageMessages,
    fields: {
      names: {
        checking: 'Checking whether {{name}} is free…',
        free: '{{name}} is free.',
        unknown:
          "Couldn't check whether {{name}} is free. The form checks it when you create.",
      },
    },
  },
});
