/** What keeps the bot from starting: one plain sentence for the operator, with what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** What SQLite or the system calls this error, such as `SQLITE_FULL`; else its text. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
