import {
  createFormField,
  FormFieldBlueprint,
} from '@backstage/plugin-scaffolder-react/alpha';
import { OWNER_FIELD, REQUEST_FIELD } from './fieldNames';

/** The extensions of the form. Their code is loaded with the first form. */
export const formFields = [
  FormFieldBlueprint.make({
    name: 'request',
    params: {
      field: async () => {
        const { RequestPage } = await import('./RequestPage');
        return createFormField({
          name: REQUEST_FIELD,
          component: RequestPage,
        });
      },
    },
  }),
  FormFieldBlueprint.make({
    name: 'owner',
    params: {
      field: async () => {
        const { OwnerField } = await import('./OwnerField');
        return createFormField({ name: OWNER_FIELD, component: OwnerField });
      },
    },
  }),
];
