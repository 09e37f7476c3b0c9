// The one place where an address becomes code: a Content-Security-Policy with `trusted-types` lets nothing else through.

interface Policy {
  createScriptURL(address: string): string
}
interface Factory {
  createPolicy(name: string, rules: Policy): Policy
}

let policy: Policy | undefined
let made: string | undefined

/** An address for code whose hash was checked, in the form that the browser takes for a worker. */
export function workerAddress(code: Blob): string {
  policy ??= makePolicy()
  made = URL.createObjectURL(code)
  return policy.createScriptURL(made)
}

function makePolicy(): Policy {
  const rules: Policy = {
    createScriptURL(address) {
      if (address !== made) throw new TypeError('not code of this page')
      return address
    },
  }
  // Browsers without trusted types take the address as it is.
  const { trustedTypes } = globalThis as { trustedTypes?: Factory }
  return trustedTypes?.createPolicy('cista-worker', rules) ?? rules
}
