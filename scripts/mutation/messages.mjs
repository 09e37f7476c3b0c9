/**
 * Text for people is no behaviour: docs/spec/09 says that `why` may change. Whatever only makes such a text is not
 * mutated; paths, codes, kinds, keys and tags are.
 *
 * @typedef {{ type: string, name?: string, value?: unknown, callee?: Node, key?: Node, arguments?: Node[] }} Node
 * @typedef {{ node: Node, parent?: Node, listKey?: string, key?: string | number }} Path
 */

/** Functions whose last argument is such a text. */
const says = new Set(['refuse', 'fail', 'find', 'fault', 'finding', 'rule', 'wrong', 'before'])

/** @param {Path} path */
function isText({ node, parent, listKey, key }) {
  if (parent === undefined) return false
  if (parent.type === 'ObjectProperty') return key === 'value' && parent.key?.name === 'why'
  if (listKey !== 'arguments') return false
  const callee = parent.callee?.name ?? ''
  if (parent.type === 'NewExpression')
    return callee === 'DecodeError' ? key === 1 : /Error$|^RecordUnavailable$/.test(callee)
  return says.has(callee) && node === parent.arguments?.at(-1)
}

/** What Stryker looks for in a module of plugins. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'messages',
    value: {
      /** @param {Path} path */
      shouldIgnore: (path) => (isText(path) ? 'text for people' : undefined),
    },
  },
]
