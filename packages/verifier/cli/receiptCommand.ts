import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DecodeError, toBase64, toHex, toTimestamp } from '@cista/board'
import { type VerifiedReceipt, verifyReceiptFile } from '@cista/verifier'
import type { Command } from 'commander'
import { electionId, print } from './shared.js'
import { compareId, harmless, jsonText, titleOf } from './words.js'

interface Options {
  readonly election?: string
  readonly json?: true
  readonly split?: string
}

export const receiptOption = [
  '--election <id>',
  'the published election id: a receipt of any other election is refused (default: any; compare the id)',
  electionId,
] as const

export function addReceipt(program: Command): void {
  program
    .command('receipt')
    .description('verify a voter’s receipt by itself, without any server')
    .argument('<file>', 'the receipt file that was kept after casting (required)')
    .option(...receiptOption)
    .option('--json', 'print what it proves as JSON (default: in words)')
    .option(
      '--split <folder>',
      'write entry and proof as two files there, for other C2SP tlog-proof tools (default: nothing is written)',
    )
    .addHelpText(
      'after',
      `
Exit status: 0 good, 1 refuted, 2 could not be run.

Examples:
  cista-verify receipt receipt-2f0c13ab.json --election 2f0c…
  cista-verify receipt receipt-2f0c13ab.json --split parts   write parts/entry and parts/receipt.tlog-proof`,
    )
    .action(async (file: string, options: Options) => {
      process.exitCode = await verifyReceipt(file, options)
    })
}

async function verifyReceipt(file: string, { election, json, split }: Options): Promise<number> {
  const bytes = new Uint8Array(await readFile(file))
  let receipt: VerifiedReceipt
  try {
    receipt = verifyReceiptFile(bytes, election)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const { path: at, why } = error
    await print(json ? jsonText({ verdict: 'refuted', at, why }, 2) : harmless(refutation(file, error)))
    return 1
  }
  if (split !== undefined) await splitReceipt(receipt, split)
  await print(
    json
      ? jsonText(receiptJson(receipt, election !== undefined), 2)
      : harmless([...receiptLines(receipt, election), ...splitLines(receipt, split)].join('\n')),
  )
  return 0
}

function refutation(file: string, { path, why }: DecodeError): string {
  return path === 'election'
    ? `ANOTHER ELECTION. ${file} is ${why}. Nothing is said about the receipt itself: look first whether you typed the id right.`
    : `REFUTED. ${file} proves nothing: ${path}: ${why}.
Look first whether it is the file that was written when you cast, byte for byte. If it is, show it to observers or trustees.`
}

function receiptJson(receipt: VerifiedReceipt, compared: boolean): object {
  const { definition, entry, checkpoint, cosignatures } = receipt
  return {
    verdict: 'good',
    election: definition.id,
    compared,
    tracker: entry.payload,
    index: entry.index,
    time: entry.batchTime,
    origin: definition.origin,
    size: checkpoint.size,
    root: toHex(checkpoint.root),
    cosignatures: cosignatures.map(({ name, time }) => ({ name, time: toTimestamp(time) })),
  }
}

export function receiptLines(receipt: VerifiedReceipt, election: string | undefined): string[] {
  const { definition, entry, checkpoint, cosignatures } = receipt
  const witnesses = definition.manifest.witnesses.keys.length
  const nobody = witnesses === 0 ? 'nobody: this election has no witnesses' : 'nobody'
  const cosigned = cosignatures.map(({ name, time }) => `${name}, ${toTimestamp(time)}`)
  return [
    `Receipt of a ballot in “${titleOf(definition)}”`,
    ...compareId(definition.id, election),
    `Tracker      ${entry.payload}`,
    `Entry        ${entry.index}, taken ${entry.batchTime}`,
    `Board        ${definition.origin}`,
    `Checkpoint   ${checkpoint.size} entries, root ${toBase64(checkpoint.root)}`,
    ...(cosigned.length === 0 ? [nobody] : cosigned).map(
      (line, i) => `${i === 0 ? 'Cosigned by' : '           '}  ${line}`,
    ),
    '',
    'GOOD. The board has taken the ballot with this tracker, and can never deny it.',
    'This shows nothing about the choices, to anybody; nor whether a later ballot of the same code has replaced it.',
  ]
}

async function splitReceipt({ entryBytes, proof }: VerifiedReceipt, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'entry'), entryBytes)
  await writeFile(join(folder, 'receipt.tlog-proof'), proof)
}

function splitLines({ definition }: VerifiedReceipt, folder: string | undefined): string[] {
  if (folder === undefined) return []
  return [
    '',
    `Written: ${join(folder, 'entry')} and ${join(folder, 'receipt.tlog-proof')}. Any tool for C2SP tlog-proof verifies that the`,
    'proof holds for the bytes of the entry (record hash: SHA-256 of a zero byte and these bytes), by the key of this board:',
    `  ${definition.manifest.board}`,
    'That this key is the election’s follows from the manifest, whose SHA-256 is the election id.',
  ]
}
