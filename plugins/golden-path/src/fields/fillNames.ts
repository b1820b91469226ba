import { DERIVED_FIELDS, DerivedField, deriveName } from './deriveNames';

/** A form's values, as far as names are filled from them. */
export interface FormValues {
  component_id?: string;
  databaseName?: string;
  username?: string;
  [field: string]: unknown;
}

/** The fields that a person edited: they are not filled any more. */
export type EditedFields = ReadonlySet<DerivedField>;

/** A form that is opened again, such as by Back: what differs from the filled name is a person's. */
export const findEditedFields = (values: FormValues): EditedFields =>
  new Set(
    DERIVED_FIELDS.filter(
      field =>
        (values[field] ?? '') !== deriveName(field, values.component_id ?? ''),
    ),
  );

/**
 * Fills the database and its user from the app's name after a change. What a person wrote or cleared stays, until both the
 * field and the app's name are empty: the form is then as it was at first. `fields`: those that the form has.
 */
export const fillNames = (
  edited: EditedFields,
  before: FormValues,
  after: FormValues,
  fields: readonly DerivedField[] = DERIVED_FIELDS,
): { values: FormValues; edited: EditedFields } => {
  const appName = after.component_id ?? '';
  const stillEdited = new Set(edited);
  const values = { ...after };
  for (const field of fields) {
    if ((after[field] ?? '') !== (before[field] ?? '')) stillEdited.add(field);
    if (appName === '' && (after[field] ?? '') === '')
      stillEdited.delete(field);
    if (!stillEdited.has(field)) values[field] = deriveName(field, appName);
  }
  return { values, edited: stillEdited };
};
