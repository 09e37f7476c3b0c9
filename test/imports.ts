/**
 * Every module that a TypeScript source names in `import`, `export … from`, `import()`, `require()` or
 * `import.meta.resolve()`; a computed name is reported as `<computed>`.
 *
 * There is no compiler API to ask (TypeScript 7 has none for JavaScript), so this reads text, and errs on the side of
 * seeing too much: an import inside a comment counts, and the text is read once with and once without its comments, so
 * that neither a quote in a comment nor a slash in a string can hide an import.
 */
export function importsOf(source: string): string[] {
  const bare = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ')
  const named = [source, bare].flatMap((text) => [
    ...matches(text, /\b(?:import|export)\b[^'"`;=()]*?\bfrom\s*(['"])([^'"\n]+)\1/g),
    ...matches(text, /\bimport\s*(['"])([^'"\n]+)\1/g),
    ...matches(text, /\b(?:import|require|import\.meta\.resolve)\s*\(\s*(['"`])([^'"`$\n]+)\1\s*[,)]/g),
  ])
  const computed = /\b(?:import|require|import\.meta\.resolve)\s*\(\s*(?!(['"`])[^'"`$\n]+\1\s*[,)])/.test(
    bare,
  )
  return [...new Set(computed ? [...named, '<computed>'] : named)].sort()
}

/** The package that a bare specifier belongs to: `@noble/curves/ed25519.js` is of `@noble/curves`. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[2] ?? '')
