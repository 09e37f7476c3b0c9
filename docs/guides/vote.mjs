// Votes without a page, as the guide for voters shows. Built on packages/client; runs in the folder of this software.
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import * as client from '@cista/client'
import { verifyReceiptFile } from '@cista/verifier'

const usage = `node docs/guides/vote.mjs COMMAND --server URL --election ID

  show                                 what is voted on, and whether your code has voted
  vote  --choices FILE                 encrypt, show the tracker, and ask: cast, or test? Casting writes receipt-TRACKER.json;
                                       testing reveals the ballot instead, which is never cast, and writes test-TRACKER.json
  check --test FILE --tracker TRACKER  on a second device: does the tested ballot hold these choices?
  track --receipt FILE                 is the ballot on the board, and is it the last one?

“show” and “vote” take your code from the variable CODE. CISTA_SERVER and CISTA_ELECTION stand in for the options.`

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
  const command = { show, vote, check, track }[positionals[0]]
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
  print(hasVoted(voter) ? `This code has voted: tracker ${voter.replaces}` : 'This code has not voted.')
}

// The device must not know, when it encrypts, whether the ballot will be tested: so it asks only after showing the tracker.
async function vote(given) {
  const voter = await identify(given)
  const choices = json(given.choices, '--choices')
  const ballot = seal(given, voter, choices)
  for (const { id } of client.contestsOf(given.election, voter.style))
    if (choices[id] === undefined) print(`${id}: nothing chosen, a blank vote`)
  if (hasVoted(voter)) print(`This ballot would replace the one with tracker ${voter.replaces}.`)
  print(`tracker ${ballot.tracker}`)
  const answer = await ask('Write the tracker down. Then type “cast” or “test”: ', /^(cast|test)$/)
  await { cast, test }[answer](given, voter, ballot)
}

async function cast({ connection, election }, voter, ballot) {
  const outcome = await answered(() => client.castBallot(connection, election, voter, ballot))
  if (outcome.kind === 'refused')
    throw new Slip(`this ballot was NOT cast. The server refuses it: ${outcome.problem.detail}`)
  const file = `receipt-${ballot.tracker.slice(0, 8)}.json`
  writeFileSync(file, client.keepReceipt(election, outcome.receipt))
  print(`cast: entry ${outcome.index} of the board, receipt verified and kept in ${file}`)
}

// Without an answer the ballot may be on the board or not: the same one again is safe, and brings its receipt.
async function answered(post) {
  for (;;) {
    try {
      return await post()
    } catch (error) {
      if (error.name !== 'Unreachable') throw error
      print(`${error.message}\nWhether this ballot is cast cannot be known yet.`)
      await ask('Press Enter to send the same ballot again: ', /^$/)
    }
  }
}

function test(_given, _voter, { tracker, reveal }) {
  const file = `test-${tracker.slice(0, 8)}.json`
  writeFileSync(file, JSON.stringify({ ...reveal, seed: Buffer.from(reveal.seed).toString('hex') }, null, 2))
  print(
    `${file} tells how this ballot was made, and whom it is for: take it to a second device, and “check” it there.`,
  )
  print('A tested ballot is never cast: “vote” again makes another.')
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function ask(question, wanted) {
  for (;;) {
    process.stdout.write(question)
    const { value, done } = await lines.next()
    if (done) throw new Slip('no answer: this ballot was neither cast nor tested')
    if (wanted.test(value.trim())) return value.trim()
  }
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
  const { entry } = verifyReceiptFile(content(path, '--receipt'), election.definition.id)
  const tracker = entry.payload
  const found = await client.trackBallot(connection, election, tracker)
  if (found.kind === 'missing')
    throw new Slip(
      'the receipt is good, but the ballot is NOT on the board: keep the receipt, and call “cista-verify dispute” with it',
    )
  print(`tracker ${tracker}`)
  print(`on the board: entry ${found.index}, ${found.batchTime}`)
  print(standings[found.standing])
}

const standings = {
  counted: 'It is the last ballot of this code: as things stand, it counts.',
  superseded: 'Replaced by a later ballot of this code.',
  cancelled: 'It does NOT count: the code was cancelled, because its owner votes on paper.',
  void: 'It does NOT count: the code was replaced, taken off the roll, or given another ballot style since.',
}

const hasVoted = ({ replaces }) => /[1-9a-f]/.test(replaces)

async function identify({ connection, election }) {
  if (!process.env.CODE) throw new Slip('set CODE first: read -rs CODE && export CODE')
  const { voter, why } = await client.identifyVoter(connection, election, process.env.CODE)
  if (voter === undefined) throw new Slip(why)
  return voter
}

function seal({ election, choices: path }, voter, choices) {
  const { ballot, faults } = client.sealBallot(election, voter, choices)
  if (ballot === undefined)
    throw new Slip(faults.map(({ contest, why }) => `${path}: ${contest}: ${why}`).join('\n'))
  return ballot
}

function json(path, option) {
  try {
    return JSON.parse(content(path, option).toString())
  } catch (error) {
    if (error instanceof Slip) throw error
    throw new Slip(`${path}: ${error.message}`)
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
