import { useRef } from 'react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { DERIVED_FIELDS } from './deriveNames';
import { fillNames, findEditedFields, FormValues } from './fillNames';
import { NAME_FIELDS, NameField } from './nameStatus';
import { NameStatusText } from './NameStatusText';
import { OWNER_FIELD } from './fieldNames';
import { RequestPlanView } from './RequestPlanView';
import { useNameStatuses } from './useNameStatuses';

/** `ui:options` of a page with `ui:field: GoldenPathRequest`. */
export interface RequestPageOptions {
  /** Shows below the fields what will be created. For the last page. */
  showPlan?: boolean;
}

const NO_STATUS = { kind: 'none' } as const;
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

/**
 * A page of a form, as the form library shows it, that helps with the fields of a request: says below each name what is
 * wrong with it or whether it is free, fills database and user from the app's name, and offers one's own teams first.
 * Where the plugin isn't installed, the form library shows the page itself.
 */
export const RequestPage = (
  props: FieldExtensionComponentProps<FormValues, RequestPageOptions>,
) => {
  const { schema, formData = {}, registry, formContext, onChange } = props;
  const { 'ui:field': _, ...uiSchema } = props.uiSchema;
  const { showPlan = false } = uiSchema['ui:options'] ?? {};
  const { ObjectField } = registry.fields;
  const has = (field: string) => field in (schema.properties ?? {});
  const form: FormValues = { ...formContext?.formData, ...formData };

  const edited = useRef(findEditedFields(formData));
  const shownNames = NAME_FIELDS.filter(has);
  const statuses = useNameStatuses(
    Object.fromEntries(
      shownNames.map(field => [field, textOf(formData[field])]),
    ),
    {
      environment: textOf(form.environment),
      // The name of an app that exists needn't be free.
      asksAbout: NAME_FIELDS.filter(
        field => !(form.existingApp === true && field === 'component_id'),
      ),
    },
  );

  const helpOf = (field: NameField) => {
    const isRefusedByForm = Boolean(
      props.errorSchema?.[field]?.__errors?.length,
    );
    return (
      <NameStatusText
        field={field}
        name={textOf(formData[field])}
        status={isRefusedByForm ? NO_STATUS : statuses[field] ?? NO_STATUS}
      />
    );
  };
  const helped = Object.fromEntries(
    shownNames.map(field => [
      field,
      { ...uiSchema[field], 'ui:help': helpOf(field) },
    ]),
  );
  const owner =
    uiSchema.owner?.['ui:field'] === 'OwnerPicker'
      ? { owner: { ...uiSchema.owner, 'ui:field': OWNER_FIELD } }
      : {};

  const change: typeof onChange = (after = {}, errors, id) => {
    const filled = fillNames(
      edited.current,
      formData,
      after,
      DERIVED_FIELDS.filter(has),
    );
    edited.current = filled.edited;
    // What the form said about a value goes with the value.
    const stillTrue = errors && { ...errors };
    for (const field of DERIVED_FIELDS)
      if (stillTrue && filled.values[field] !== after[field])
        delete stillTrue[field];
    onChange(filled.values, stillTrue, id);
  };

  return (
    <>
      <ObjectField
        {...props}
        uiSchema={{ ...uiSchema, ...helped, ...owner }}
        onChange={change}
      />
      {showPlan && <RequestPlanView form={form} />}
    </>
  );
};
