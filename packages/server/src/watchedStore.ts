import { isDatabaseAway } from './database.js'
import type { Store } from './store.js'

/** The same store, which tells whenever the database could not be asked. */
export function watchedStore(store: Store, away: () => void): Store {
  const watched = Object.entries(store).map(([name, method]) => {
    const ask = async (...values: unknown[]): Promise<unknown> => {
      try {
        return await (method as (...values: unknown[]) => unknown)(...values)
      } catch (error) {
        if (isDatabaseAway(error)) away()
        throw error
      }
    }
    return [name, ask] as const
  })
  return Object.fromEntries(watched) as unknown as Store
}
