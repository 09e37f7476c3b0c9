import { startEngine } from '../engine/start.js'
import { takeFragment } from '../parts/address.js'
import { startPage } from '../parts/startPage.js'
import { App } from './App.js'

const code = takeFragment()
startPage('vote', (id, server) => <App engine={startEngine()} server={server} id={id} code={code} />)
