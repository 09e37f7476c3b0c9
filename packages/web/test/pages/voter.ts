import type { Page } from 'playwright-core'

// How a voter gets on, in any language: by what a button does, not by what it says.

const primary = 'main > button:not(.second):not(.link)'
const submit = 'main button[type=submit]'

export async function giveCode(page: Page, code: string): Promise<void> {
  await page.locator('#code').fill(code)
  await page.locator(submit).click()
}

/** Fills in the contests of `everyKind`: a pond, a point for the first, and the second colour first. */
export async function choose(page: Page): Promise<void> {
  await page.locator('#option-0').check()
  await page.locator(submit).click()
  await page.locator('.stepper button').nth(1).click()
  await page.locator(submit).click()
  await page.locator('#option-1').click()
  await page.locator(submit).click()
}

export const start = (page: Page): Promise<void> => page.locator(primary).click()

/** From the code to the review. */
export async function fillIn(page: Page, code: string): Promise<void> {
  await giveCode(page, code)
  await start(page)
  await choose(page)
  await page.locator('.reviewed').first().waitFor()
}

/** From the code to the decision: the ballot is encrypted, and not cast. @returns its tracker. */
export async function encrypt(page: Page, code: string): Promise<string> {
  await fillIn(page, code)
  await page.locator(primary).click()
  await page.locator('button.cast').waitFor()
  return trackerOn(page)
}

export async function trackerOn(page: Page): Promise<string> {
  return (await page.locator('.groups').last().innerText()).replace(/\s/g, '')
}

export const cast = (page: Page): Promise<void> => page.locator('button.cast').click()

export const see = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor()

/** Whether the board holds a ballot with this tracker, by the server's API. */
export async function isOnBoard(server: string, election: string, tracker: string): Promise<boolean> {
  return (await fetch(`${server}/api/elections/${election}/ballots/${tracker}`)).status === 200
}
