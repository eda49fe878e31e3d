/** By when a step is due that has no date of its own. */

/** Days after an audit, unless the config says otherwise. */
export const DAYS_TO_ACT = 30;
