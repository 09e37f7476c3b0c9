import fc from 'fast-check'

// A mutant is killed by the first counterexample; to look for a smaller one takes longer than all the rest.
fc.configureGlobal({ endOnFailure: true })
