import { strykerPlugins as vitestRunner } from '@stryker-mutator/vitest-runner'

/**
 * Stryker's runner for vitest looks at tests alone: a file that fails before its first test has none, and a mutant
 * that broke all of it would count as survived. Here such a file is one failed test, and ends the run as one does.
 *
 * @typedef {{ filepath: string, tasks: unknown[], result?: { state: string, errors?: { message: string }[] } }} File
 * @typedef {{ status: string, tests?: unknown[] }} Result
 * @typedef {{ state: () => string, task: { tasks: unknown[] } }} Module
 * @typedef {{ state: { getFiles: () => File[] }, reporters: unknown[], cancelCurrentRun: (why: string) => Promise<void> }} Vitest
 * @typedef {{ ctx: Vitest, init: () => Promise<void>, run: (options: unknown) => Promise<Result> }} Runner
 */

/** @param {File} file */
const broken = ({ tasks, result }) => result?.state === 'fail' && tasks.length === 0

/** @param {Runner} runner */
function countBrokenFiles(runner) {
  const init = runner.init.bind(runner)
  const run = runner.run.bind(runner)
  runner.init = async () => {
    await init()
    runner.ctx.reporters.push({
      /** @param {Module} module */
      onTestModuleEnd(module) {
        if (module.state() === 'failed' && module.task.tasks.length === 0)
          void runner.ctx.cancelCurrentRun('test-failure')
      },
    })
  }
  runner.run = async (options) => {
    const result = await run(options)
    const failed = runner.ctx.state.getFiles().filter(broken)
    for (const { filepath, result: why } of failed)
      result.tests?.push({
        id: filepath,
        name: 'loads',
        fileName: filepath,
        timeSpentMs: 0,
        status: 1,
        failureMessage: why?.errors?.[0]?.message ?? 'the file failed',
      })
    return result
  }
  return runner
}

/** @param {{ injectFunction: (factory: unknown) => Runner }} injector */
function factory(injector) {
  return countBrokenFiles(injector.injectFunction(vitestRunner[0]?.factory))
}
factory.inject = ['$injector']

/** What Stryker looks for in a module of plugins. */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'vitest-and-files', factory }]
