/** The pages, in the order in which each one's foot lists them. */
export const pages = ['index', 'vote', 'check', 'test', 'results', 'verify'] as const
export type Page = (typeof pages)[number]
