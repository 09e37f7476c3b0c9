// Votes without a page, as the guide for voters shows. Built on packages/client; runs in the folder of this software.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import * as client from '@cista/client'
import { verifyReceiptFile } from '@cista/verifier'

const usage = `node docs/guides/vote.mjs COMMAND --server URL --election ID

  show                                 is voting open, what is voted on, and has your code voted?
  vote  --choices FILE                 encrypt, show the tracker, and ask: cast, or test? Casting writes receipt-TRACKER.json;
                                       testing reveals the ballot instead, which is never cast, and writes test-TRACKER.json
  send  --ballot FILE                  send the same ballot again, where no answer came: it is taken once
  check --test FILE --tracker TRACKER  on a second device: does the tested ballot hold these choices?
  track --tracker TRACKER              is a ballot on the board, and is it the last one of its code?
  track --receipt FILE                 the same for the ballot of a receipt

“show” and “vote” take your code from the variable CODE. CISTA_SERVER and CISTA_ELECTION stand in for the options.`

// What the voter can mend.
class Slip extends Error {}

// Texts of servers and elections reach a terminal here: no byte of theirs may be a command to it.
const harmless = (text) => text.replaceAll(/(?!\n)\p{Cc}/gu, '\ufffd')
const print = (text) => console.log(harmless(text))
const now = () => `${new Date().toISOString().slice(0, 19)}Z`

async function main() {
  const names = ['server', 'election', 'choices', 'ballot', 'test', 'tracker', 'receipt']
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const { CISTA_SERVER, CISTA_ELECTION } = process.env
  const { server = CISTA_SERVER, election: id = CISTA_ELECTION } = values
  const command = { show, vote, send, check, track }[positionals[0]]
  if (command === undefined || positionals.length > 1) throw new Slip(usage)
  if (!server || !id)
    throw new Slip('set CISTA_SERVER and CISTA_ELECTION, on each device, or give --server and --election')
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Slip('an election id has 64 digits, 0 to 9 and a to f')
  const connection = client.httpConnection(server, id, fetch)
  const voting = await client.votingNow(connection, id, now())
  if (!voting.opened) throw new Slip(`${voting.what}: ${voting.detail}`)
  const election = await client.openElection(connection, id)
  await command({ ...values, server, id, connection, voting, election })
}

async function show(given) {
  print(`${given.voting.what}: ${given.voting.detail}`)
  const { voter, last } = await identify(given)
  for (const contest of client.contestsOf(given.election.definition.manifest, voter.style))
    print(client.contestLines(contest).join('\n'))
  print(last ? `This code has voted, last with ${placed(last)}.` : 'This code has not voted.')
}

const placed = ({ tracker, index, batchTime }) => `tracker ${tracker} (entry ${index}, ${batchTime})`

// The device must not know, when it encrypts, whether the ballot will be tested: so it asks only after showing the tracker.
async function vote(given) {
  const { kind, what, detail } = given.voting
  if (kind !== 'open') throw new Slip(`${what}: ${detail}. Nothing was encrypted`)
  const { voter, last } = await identify(given)
  const choices = decoded(given.choices, '--choices', 'a file as the guide shows it', client.readChoices)
  const ballot = seal(given, voter, choices)
  for (const { id } of client.contestsOf(given.election.definition.manifest, voter.style))
    if (!Object.hasOwn(choices, id)) print(`${id}: nothing chosen, a blank vote`)
  if (last) print(`This ballot would replace the one with ${placed(last)}.`)
  print(`tracker ${ballot.tracker}`)
  const answer = await ask('Write the tracker down. Then type “cast” or “test”: ', /^(cast|test)$/)
  if (answer === undefined) throw new Slip('no answer: this ballot was neither cast nor tested')
  await { cast, test }[answer](given, voter, ballot)
}

// The signed ballot is kept before it is sent: whatever happens then, the same bytes can be sent again.
async function cast(given, voter, sealed) {
  const ballot = client.signBallot(given.election, voter, sealed)
  const file = `ballot-${ballot.hash.slice(0, 8)}.json`
  const failed = write(file, client.ballotFile(ballot), 0o600)
  if (failed) throw new Slip(`this ballot was NOT cast: ${failed}`)
  print(`${file} keeps the encrypted ballot until its receipt is verified.`)
  for (;;) {
    const outcome = await client.sendBallot(given.connection, given.election, ballot)
    if (outcome.kind !== 'unknown') return settle(given, ballot, file, outcome)
    print(`${outcome.why}\nWhether this ballot is cast cannot be known yet.`)
    const again = await ask('Press Enter to send the same ballot again: ', /^$/)
    if (again === undefined) throw new Slip(`this ballot may be on the board.\n${whatNext(ballot, file)}`)
  }
}

async function send(given) {
  const { connection, election, ballot: file } = given
  const read = (bytes) => client.readBallotFile(election, bytes)
  const ballot = decoded(file, '--ballot', 'the ballot-….json that “vote” wrote', read)
  print(`tracker ${ballot.hash}`)
  const outcome = await client.sendBallot(connection, election, ballot)
  if (outcome.kind === 'unknown')
    throw new Slip(`${outcome.why}\nThis ballot may be on the board.\n${whatNext(ballot, file)}`)
  await settle(given, ballot, file, outcome)
}

async function settle({ connection, election, id, server }, ballot, file, outcome) {
  if (outcome.kind === 'refused')
    throw new Slip(await client.whyNotCast(connection, id, now(), outcome.problem))
  const short = ballot.hash.slice(0, 8)
  if (outcome.kind === 'unproven') {
    const url = `${server.replace(/\/+$/, '')}/api/elections/${id}/entries`
    const answer = client.evidenceFile(election, ballot, outcome, { url, time: now() })
    const path = unused(`evidence-${short}`)
    const failed = write(path, answer, 0o644)
    const where = failed ? `${failed}; here it is: ${answer}` : `The whole answer is in ${path}`
    throw new Slip(
      `the server's answer does not prove that this ballot is on the board: ${outcome.why}
${where}: keep it, and tell the observers. This ballot may be on the board all the same.\n${whatNext(ballot, file)}`,
    )
  }
  print(`cast: entry ${outcome.index} of the board, receipt verified`)
  const receipt = `receipt-${short}.json`
  const failed = write(receipt, client.keepReceipt(election, outcome.receipt), 0o644)
  if (failed) throw new Slip(`${failed}\n${whatNext(ballot, file)}`)
  rmSync(file, { force: true })
  print(`receipt kept in ${receipt}`)
}

const whatNext = ({ hash }, file) =>
  `It is kept in ${file}. To find out whether it is on the board:
    node docs/guides/vote.mjs track --tracker ${hash}
To send it again, which is safe as it is taken once, and get its receipt:
    node docs/guides/vote.mjs send --ballot ${file}`

function test({ election }, _voter, { tracker, reveal }) {
  const file = `test-${tracker.slice(0, 8)}.json`
  const failed = write(file, client.testFile(election, reveal), 0o600)
  if (failed) throw new Slip(failed)
  print(
    `${file} tells how this ballot was made, and whom it is for: take it to a second device, and “check” it there.`,
  )
  print('A tested ballot is never cast: “vote” again makes another.')
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

// What was answered; undefined where input has ended.
async function ask(question, wanted) {
  for (;;) {
    process.stdout.write(question)
    const { value, done } = await lines.next()
    if (done) return undefined
    if (wanted.test(value.trim())) return value.trim()
  }
}

function check({ election, test: path, tracker: typed }) {
  const given = written(typed)
  const read = (bytes) => client.readTestFile(election, bytes)
  const reveal = decoded(path, '--test', 'the test-….json that “vote” wrote', read)
  print(JSON.stringify(reveal.choices, null, 2))
  const { ballot, faults } = client.rebuildBallot(election, reveal)
  if (ballot === undefined) throw new Slip(`no ballot can hold these choices: ${said(faults)}`)
  print(`These choices make the ballot with tracker ${ballot.tracker}.`)
  if (!given.matches(ballot.tracker))
    throw new Slip(
      `NOT the ballot with tracker ${typed}. Look again what the first device showed: unless a digit is mistyped, it did not encrypt these choices`,
    )
  print(`It is the one that you were shown. Compared: ${given.compared}.`)
}

async function track({ connection, election, receipt: path, tracker: typed }) {
  if ((path === undefined) === (typed === undefined))
    throw new Slip('give either --tracker TRACKER or --receipt FILE')
  const read = (bytes) => verifyReceiptFile(bytes, election.definition.id).entry.payload
  const tracker =
    path === undefined
      ? written(typed).whole
      : decoded(path, '--receipt', 'the receipt-….json that “vote” wrote', read)
  if (tracker === undefined)
    throw new Slip('all 64 digits are needed: “show” tells them of the ballot that your code has cast last')
  const found = await client.trackBallot(connection, election, tracker)
  if (found.kind === 'missing')
    throw new Slip(
      path === undefined
        ? 'the server finds no ballot with this tracker on the board: look at its digits again. If you have a receipt-….json, “track” that; if you have a ballot-….json, “send” it'
        : 'the receipt is good, but the ballot is NOT on the board: keep the receipt, and call “cista-verify dispute” with it',
    )
  print(`tracker ${tracker}`)
  print(`on the board: entry ${found.index}, ${found.batchTime}`)
  print(client.standingWords[found.standing])
}

async function identify({ connection, election }) {
  if (!process.env.CODE) throw new Slip('set CODE first: read -rs CODE && export CODE')
  const found = await client.identifyVoter(connection, election, process.env.CODE)
  if (found.voter === undefined) throw new Slip(found.why)
  return found
}

function seal({ election, choices: path }, voter, choices) {
  const { ballot, faults } = client.sealBallot(election, voter, choices)
  if (ballot === undefined) throw new Slip(`${path}: ${said(faults)}`)
  return ballot
}

const said = (faults) =>
  faults.map(({ contest, why }) => (contest === '' ? why : `${contest}: ${why}`)).join('\n')

function written(typed) {
  if (typed === undefined) throw new Slip('--tracker TRACKER is missing: what the first device showed')
  const tracker = client.parseTracker(typed)
  if ('fault' in tracker) throw new Slip(`--tracker: ${tracker.fault}`)
  return tracker
}

function decoded(path, option, wanted, read) {
  const bytes = content(path, option)
  try {
    return read(bytes)
  } catch (error) {
    if (error.name !== 'DecodeError') throw error
    throw new Slip(`${path}: ${error.message}\n${option} takes ${wanted}`)
  }
}

function content(path, option) {
  if (path === undefined) throw new Slip(`${option} FILE is missing`)
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Slip(`${path}: ${error.message}`)
  }
}

// Why it could not be written; undefined where it was.
function write(path, bytes, mode) {
  try {
    writeFileSync(path, bytes, { mode, flush: true })
  } catch (error) {
    return `${path} cannot be written: ${error.message}`
  }
}

function unused(name, n = 1) {
  const path = `${name}${n === 1 ? '' : `-${n}`}.json`
  return existsSync(path) ? unused(name, n + 1) : path
}

try {
  await main()
} catch (error) {
  const known =
    error instanceof Slip ||
    /^(DecodeError|Unreachable)$/.test(error.name) ||
    error.code?.startsWith('ERR_PARSE')
  console.error(known ? `vote: ${harmless(error.message)}` : error)
  process.exitCode = 1
} finally {
  process.stdin.destroy()
}
