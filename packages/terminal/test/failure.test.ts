import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { Failure, UsageFailure, failureStatus } from '../src/index.js'

function judge(error: unknown) {
  const said: string[] = []
  const status = failureStatus(error, 'cista-example', (line) => said.push(line))
  return { status, said }
}

/** What commander throws for these arguments. */
function thrownFor(...args: string[]): unknown {
  const program = new Command('cista-example').exitOverride().requiredOption('--file <path>')
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} })
  try {
    return program.parse(args, { from: 'user' })
  } catch (error) {
    return error
  }
}

describe('failureStatus', () => {
  it('is 1 for a failure, which is said with its details', () => {
    expect(judge(new Failure('no'))).toEqual({ status: 1, said: ['cista-example: no'] })
    expect(judge(new Failure('no', ['line 1', 'line 2']))).toEqual({
      status: 1,
      said: ['cista-example: no', '  line 1', '  line 2'],
    })
  })

  it('is 2 for a wrong call', () => {
    expect(judge(new UsageFailure('no'))).toEqual({ status: 2, said: ['cista-example: no'] })
    expect(judge(thrownFor())).toEqual({ status: 2, said: [] })
    expect(judge(thrownFor('--unknown'))).toEqual({ status: 2, said: [] })
  })

  it('is 0 for help that was asked for', () => {
    expect(judge(thrownFor('--help'))).toEqual({ status: 0, said: [] })
  })

  it.each([new Error('a fault of ours'), new TypeError('x'), 'text', undefined])(
    'is none for anything else: %s',
    (error) => expect(judge(error)).toEqual({ status: undefined, said: [] }),
  )
})
