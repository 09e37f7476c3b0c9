export { ConfigError, type CommandLine, type ServerConfig, readConfig } from './config.js'
export { type RunningServer, type ServerParts, startServer } from './server.js'
export type { WorkerPool } from './pool.js'
