import { z } from 'zod';
import {
  DESCRIPTION_LENGTH_MESSAGE,
  DESCRIPTION_MAX_LENGTH,
  DESCRIPTION_MESSAGE,
  DESCRIPTION_PATTERN,
  FIELD_RULES,
  describeMissing,
  RuledField,
} from './fieldRules';
import { parseOwner } from './names';

/**
 * One broken rule: the field, and what to do about it.
 *
 * @public
 */
export interface Problem {
  field: string;
  message: string;
}

/** The rules for a value: those for new values, or those for existing ones. */
type FieldProblems = (field: RuledField, value: string) => string[];

/** One message, whether the value is missing or not a string. */
const text = (missing: string) =>
  z.string({ required_error: missing, invalid_type_error: missing });

/** A text field with the rules of the table. */
export const createRuledField = (
  field: RuledField,
  problemsOf: FieldProblems,
) => {
  const missing = `${FIELD_RULES[field].title}: ${describeMissing(field)}`;
  return text(missing).superRefine((value, context) => {
    const problems =
      value === ''
        ? [missing]
        : problemsOf(field, value).map(
            message => `${message} Got ${JSON.stringify(value)}.`,
          );
    for (const message of problems)
      context.addIssue({ code: 'custom', message });
  });
};

/** One of a list. */
export const createChoiceField = (title: string, choices: readonly string[]) =>
  text(`${title}: choose one of ${choices.join(', ')}.`).superRefine(
    (value, context) => {
      if (!choices.includes(value)) {
        context.addIssue({
          code: 'custom',
          message: `${title}: choose one of ${choices.join(
            ', ',
          )}. Got ${JSON.stringify(value)}.`,
        });
      }
    },
  );

const OWNER_MISSING = `${FIELD_RULES.owner.title}: ${describeMissing('owner')}`;

/** An entity reference or a name; returned as {@link parseOwner} does. */
export const createOwnerField = (problemsOf: FieldProblems) =>
  text(OWNER_MISSING).transform((ref, context) => {
    if (ref === '') {
      context.addIssue({ code: 'custom', message: OWNER_MISSING });
      return z.NEVER;
    }
    const parsed = parseOwner(ref);
    if ('problem' in parsed) {
      context.addIssue({
        code: 'custom',
        message: `${parsed.problem} Got ${JSON.stringify(ref)}.`,
      });
      return z.NEVER;
    }
    for (const message of problemsOf('owner', parsed.owner)) {
      context.addIssue({
        code: 'custom',
        message: `${message} Got ${JSON.stringify(ref)}.`,
      });
    }
    return parsed.owner;
  });

/** One line of free text. */
export const createDescriptionField = (title = 'Description') =>
  text(`${title}: ${DESCRIPTION_MESSAGE}`).superRefine((value, context) => {
    if (!new RegExp(DESCRIPTION_PATTERN, 'u').test(value))
      context.addIssue({
        code: 'custom',
        message: `${title}: ${DESCRIPTION_MESSAGE}`,
      });
    if ([...value].length > DESCRIPTION_MAX_LENGTH)
      context.addIssue({
        code: 'custom',
        message: `${title}: ${DESCRIPTION_LENGTH_MESSAGE}`,
      });
  });

/** The problems that zod found, by field. */
export const toProblems = ({ issues }: z.ZodError): Problem[] =>
  issues.map(issue => ({
    field: issue.path.join('.') || '(request)',
    message: issue.message,
  }));
