import { startPage } from '../parts/startPage.js'
import { Verify } from './Verify.js'

startPage('verify', (id, server) => <Verify id={id} server={server} />)
