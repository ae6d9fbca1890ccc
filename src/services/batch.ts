/** Of one record. */
export interface Change {
  key: string;
  /** `undefined` removes it. */
  text: string | undefined;
  /** Somebody still waits for it. */
  isWanted: () => boolean;
}

/** A change that others may write, too. */
export interface Waiting extends Change {
  done: boolean;
}

/** Of changes in one statement. */
const MOST_CHANGES = 100;
const MOST_CHARACTERS = 1_000_000;

/** This change, and those that wait and are of its kind: either all are written, or all are removed. */
export function together(own: Waiting, others: ReadonlySet<Waiting>): Waiting[] {
  const chosen = [own];
  if (!isPlain(own)) return chosen;
  let characters = own.text?.length ?? 0;
  for (const other of others) {
    const isLikeOwn = (other.text === undefined) === (own.text === undefined);
    if (other === own || other.done || !isLikeOwn || !other.isWanted() || !isPlain(other)) continue;
    characters += other.text?.length ?? 0;
    if (chosen.length === MOST_CHANGES || characters > MOST_CHARACTERS) break;
    chosen.push(other);
  }
  return chosen;
}

/** SQLite's JSON ends a text at a NUL, and has another form of half a surrogate pair than its columns. */
const isPlain = ({ key, text = "" }: Change): boolean => !/\0|\p{Surrogate}/u.test(key + text);

/** One statement for changes of one kind, with what stands for its question marks. */
export function statementFor(name: string, changes: readonly Change[]): [sql: string, ...values: string[]] {
  const [first] = changes;
  if (first === undefined) throw new Error("Nothing to write");
  const { key, text } = first;
  if (text === undefined)
    return changes.length === 1
      ? [`DELETE FROM ${name} WHERE key = ?`, key]
      : [
          `DELETE FROM ${name} WHERE key IN (SELECT value FROM json_each(?))`,
          JSON.stringify(changes.map((each) => each.key)),
        ];
  const upsert = (rows: string) =>
    `INSERT INTO ${name} (key, value) ${rows} ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
  return changes.length === 1
    ? [upsert("VALUES (?, ?)"), key, text]
    : [
        // Without WHERE, SQLite would take ON for a join's.
        upsert("SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true"),
        JSON.stringify(changes.map((each) => [each.key, each.text])),
      ];
}
