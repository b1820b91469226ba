/** The names of the fields for `ui:field` in templates. They are stable. */
export const REQUEST_FIELD = 'GoldenPathRequest';
export const OWNER_FIELD = 'GoldenPathOwner';
