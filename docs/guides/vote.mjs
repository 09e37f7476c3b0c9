// Votes without a page, as the guide for voters shows. Built on packages/client; runs in the folder of this software.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as client from '@cista/client'

const usage = `node docs/guides/vote.mjs COMMAND --server URL --election ID

  show                                 what is voted on, and whether your code has voted
  cast  --choices FILE                 encrypt, prove, sign and cast; writes receipt-TRACKER.json
  test  --choices FILE                 encrypt, and reveal the ballot instead: it is not cast; writes test-TRACKER.json
  check --test FILE --tracker TRACKER  on a second device: does the tested ballot hold these choices?
  track --receipt FILE                 is the ballot on the board, and is it the last one?

“show”, “cast” and “test” take your code from the variable CODE. CISTA_SERVER and CISTA_ELECTION stand in for the options.`

// What the voter can mend.
class Slip extends Error {}

// Texts of servers and elections reach a terminal here: no byte of theirs may be a command to it.
const harmless = (text) => text.replaceAll(/(?!\n)\p{Cc}/gu, '\ufffd')
const print = (text) => console.log(harmless(text))

async function main() {
  const text = { type: 'string' }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { server: text, election: text, choices: text, test: text, tracker: text, receipt: text },
  })
  const { CISTA_SERVER, CISTA_ELECTION } = process.env
  const { server = CISTA_SERVER, election: id = CISTA_ELECTION } = values
  const command = { show, cast, test, check, track }[positionals[0]]
  if (command === undefined || positionals.length > 1 || !server || !id) throw new Slip(usage)
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Slip('an election id has 64 digits, 0 to 9 and a to f')
  const connection = client.httpConnection(server, id, fetch)
  const election = await client.openElection(connection, id)
  await command({ ...values, connection, election })
}

async function show(given) {
  const voter = await identify(given)
  for (const { id, kind, title, options, max, maximum, budget } of client.contestsOf(
    given.election,
    voter.style,
  )) {
    const limits = [
      max && `at most ${max}`,
      maximum && `at most ${maximum} for one`,
      budget && `at most ${budget} in all`,
    ]
    print(`${id} (${kind}, ${limits.filter(Boolean).join(', ')}): ${Object.values(title)[0]}`)
    for (const option of options) print(`    ${option.id}: ${Object.values(option.title)[0]}`)
  }
  const voted = /[1-9a-f]/.test(voter.replaces)
  print(voted ? `This code has voted: tracker ${voter.replaces}` : 'This code has not voted.')
}

async function cast(given) {
  const voter = await identify(given)
  const ballot = seal(given, voter)
  print(`tracker ${ballot.tracker}`)
  const outcome = await client.castBallot(given.connection, given.election, voter, ballot)
  if (outcome.kind === 'refused') throw new Slip(`the server refuses: ${outcome.problem.detail}`)
  const file = `receipt-${ballot.tracker.slice(0, 8)}.json`
  writeFileSync(file, JSON.stringify({ tracker: ballot.tracker, ...outcome.receipt }, null, 2))
  print(`cast: entry ${outcome.index} of the board, receipt verified and kept in ${file}`)
}

async function test(given) {
  const { tracker, reveal } = seal(given, await identify(given))
  const file = `test-${tracker.slice(0, 8)}.json`
  writeFileSync(file, JSON.stringify({ ...reveal, seed: Buffer.from(reveal.seed).toString('hex') }, null, 2))
  print(`tracker ${tracker}`)
  print(
    `${file} tells how this ballot was made, and whom it is for: take it to a second device, and “check” it there`,
  )
}

function check({ election, test: path, tracker }) {
  const { seed, ...rest } = json(path, '--test')
  const same = client.auditBallot(
    election,
    { ...rest, seed: new Uint8Array(Buffer.from(seed, 'hex')) },
    tracker,
  )
  print(JSON.stringify(rest.choices, null, 2))
  if (!same)
    throw new Slip('NOT the ballot with this tracker: the first device did not encrypt these choices')
  print('These choices make exactly the ballot with this tracker.')
}

async function track({ connection, election, receipt: path }) {
  const { tracker, entry, proof } = json(path, '--receipt')
  client.checkReceipt(election, { entry, proof }, tracker)
  const found = await client.trackBallot(connection, election, tracker)
  if (found.kind === 'missing')
    throw new Slip('the receipt is good, but the ballot is NOT on the board: keep the receipt')
  print(`on the board: entry ${found.index}, ${found.batchTime}`)
  print(found.superseded ? 'Replaced by a later ballot of this code.' : 'It is the last ballot of this code.')
}

async function identify({ connection, election }) {
  if (!process.env.CODE) throw new Slip('set CODE first: read -rs CODE && export CODE')
  const { voter, why } = await client.identifyVoter(connection, election, process.env.CODE)
  if (voter === undefined) throw new Slip(why)
  return voter
}

function seal({ election, choices: path }, voter) {
  const { ballot, faults } = client.sealBallot(election, voter, json(path, '--choices'))
  if (ballot === undefined)
    throw new Slip(faults.map(({ contest, why }) => `${path}: ${contest}: ${why}`).join('\n'))
  return ballot
}

function json(path, option) {
  if (path === undefined) throw new Slip(`${option} FILE is missing`)
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Slip(`${path}: ${error.message}`)
  }
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
}
