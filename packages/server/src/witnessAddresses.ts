import { DecodeError, parseVerifierKey, toHex } from '@cista/board'

/**
 * Where witnesses are: a line for each, its verifier key and its address (the submission prefix of C2SP tlog-witness); what follows a # is
 * a comment. @returns addresses by verifier key, and what is wrong, line by line.
 */
export function parseWitnessAddresses(
  text: string,
  file: string,
): { readonly addresses: ReadonlyMap<string, string>; readonly faults: readonly string[] } {
  const addresses = new Map<string, string>()
  const faults: string[] = []
  const keys = new Set<string>()
  for (const [i, line] of text.split('\n').entries()) {
    const words = line
      .replace(/(?:^|\s)#.*$/s, '')
      .split(/\s+/)
      .filter((word) => word !== '')
    if (words.length === 0) continue
    const fault = faultIn(words)
    if (fault === undefined) addresses.set(words[0]!, words[1]!)
    else faults.push(`${file} line ${i + 1}: ${fault}`)
  }
  return { addresses, faults }

  function faultIn([vkey = '', url = '', ...more]: readonly string[]): string | undefined {
    if (url === '' || more.length > 0) return 'write the verifier key of a witness, a space, and its address'
    try {
      const { algorithm, key } = parseVerifierKey(vkey, `“${vkey}”`)
      if (algorithm !== 4) return `“${vkey}” is the key of a board, not of a witness`
      if (keys.has(toHex(key))) return `“${vkey}”: this key is here already`
      keys.add(toHex(key))
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return `${error.message}: write it as “cista-witness key new” prints it`
    }
    return isAddress(url) ? undefined : `“${url}” is no address like https://witness.example.org`
  }
}

function isAddress(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { search, hash, username, password } = new URL(text)
  return search === '' && hash === '' && username === '' && password === ''
}
