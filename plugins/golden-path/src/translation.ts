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
      owner: {
        label: 'Owner',
        own: 'Your teams',
        others: 'Other teams',
        more: '{{count}} more teams: type to find one.',
        notMember:
          'You are not a member of {{team}}. The request may be refused: choose a team of yours, or ask one of its members to request it.',
        failed: "Couldn't read the teams from the catalog. Type to try again.",
      },
      plan: {
        title: 'What will be created',
        incomplete: 'Fill in names, owner and environment first.',
        loading: 'Asking what will be created…',
        failed:
          "Couldn't ask what will be created. You can create all the same: the task shows it.",
        problems: 'This must change before the request is accepted',
        rows: {
          repository: 'App repository',
          pullRequest: 'Pull request',
          branch: 'Branch',
          labels: 'Labels',
          approvals: 'Who has to approve',
          secret: 'Secret in AWS Secrets Manager',
          kubernetesSecret: 'Kubernetes secret',
          entity: 'Catalog entity',
        },
      },
    },
  },
});
