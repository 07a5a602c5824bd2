/** The greatest number of related records in an answer that asks for no number itself. */
export const defaultRelationLimit = 100;
