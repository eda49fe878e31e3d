/** IDs in a config, and the one that imports use. */

/** The default source ID of imports; always valid, even if it is not declared. */
export const IMPORT_SOURCE_ID = 'import';

/** The kind of sources that only imports use. */
export const IMPORT_KIND = 'import';

/** IDs appear in file names, job IDs and SQL, so they contain nothing that needs escaping. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
