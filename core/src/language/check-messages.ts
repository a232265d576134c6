/** Texts of what the checker reports: names, types, translators, actions. */
export const checkMessages = {} as const;
