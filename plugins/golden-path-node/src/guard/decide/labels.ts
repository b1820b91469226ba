/** The label that allows a pull request to change an existing database. The status may always change. */
export const CHANGE_ALLOWED_LABEL = 'rds-change-allowed';
/** The label that allows a pull request to change files of the platform team. */
export const PLATFORM_ALLOWED_LABEL = 'rds-platform-allowed';
