import { type Kysely, sql } from 'kysely'

/**
 * What the database refuses whoever asks: to change or delete what is on a board, to shorten or move a board, to publish another head for a
 * size. The server never tries; this stops a slip of an operator, and a bug of ours. It is no defence against whoever owns the database:
 * checkpoints are.
 */
const walls: Readonly<Record<string, { readonly allows: string; readonly why: string }>> = {
  // What waits may be put on the board or discarded; what is on the board stays as it is.
  submissions: {
    allows: `old."index" is null and (tg_op = 'DELETE' or (new.election, new.hash, new.payload) = (old.election, old.hash, old.payload))`,
    why: 'what is on a board is never changed or deleted',
  },
  // A tile grows, and keeps the hashes that it has.
  tiles: {
    allows: `tg_op = 'UPDATE' and (new.election, new.level, new."index") = (old.election, old.level, old."index")
      and substring(new.hashes from 1 for length(old.hashes)) = old.hashes`,
    why: 'hashes of a tree are never changed or deleted',
  },
  heads: { allows: 'false', why: 'a published head is never changed or deleted' },
  elections: {
    allows: `tg_op = 'UPDATE' and (new.election, new.origin) = (old.election, old.origin)
      and new.size >= old.size and new.epoch >= old.epoch and new.published >= old.published
      and (new.size > old.size or new.root = old.root)`,
    why: 'a board never becomes smaller or another one',
  },
}

/** Triggers and nothing else of PostgreSQL's own languages: the server works without them. */
export async function secondWall(db: Kysely<unknown>): Promise<void> {
  for (const [table, { allows, why }] of Object.entries(walls)) {
    const name = `cista_keep_${table}`
    await sql
      .raw(
        `create function ${name}() returns trigger language plpgsql as $$ begin
          if tg_op <> 'TRUNCATE' then
            if ${allows} then return case tg_op when 'DELETE' then old else new end; end if;
          end if;
          raise exception '${why}' using errcode = 'integrity_constraint_violation';
        end $$`,
      )
      .execute(db)
    await sql
      .raw(
        `create trigger ${name} before update or delete on ${table} for each row execute function ${name}()`,
      )
      .execute(db)
    await sql
      .raw(
        `create trigger ${name}_all before truncate on ${table} for each statement execute function ${name}()`,
      )
      .execute(db)
  }
}
