// The build puts another module in place of this one, for each page its own (build/bundle.ts).

export type WorkerName = 'engine' | 'lookup' | 'qrWrite' | 'qrRead' | 'results' | 'verifier' | 'proofs'

/** The page's name. */
export const page: string = ''
/** Of each language, the hash of the file with this page's sentences: SHA-256, base64. */
export const texts: Readonly<Record<string, string>> = {}
/** The same of the sentences that follow later, if there are any. */
export const later: Readonly<Record<string, string>> = {}
/** The hash of the code that runs beside this page. */
export const workers: Readonly<Partial<Record<WorkerName, string>>> = {}
