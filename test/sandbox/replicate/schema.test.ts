import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReplicateStandIn, startReplicate } from "../../../sandbox/replicate/index.ts";
import type { JournalEntry } from "../../../sandbox/server.ts";
import { ask, connect } from "./client.ts";
import { checkReplicateJournal } from "./schema.ts";

describe("the journal's judge", () => {
  let replicate: ReplicateStandIn;
  let entry: JournalEntry;

  beforeAll(async () => {
    replicate = await startReplicate({ pace: 0 });
    const input = { prompt: "hello" };
    await connect(replicate).predictions.create({ model: "anthropic/claude-4.5-haiku", input, wait: true });
    entry = replicate.journal[0]!;
  });
  afterAll(() => replicate.close());

  it("accepts an honest exchange", () => {
    expect(checkReplicateJournal([entry])).toEqual([]);
  });

  it("catches a broken answer", () => {
    const broken = {
      ...entry,
      response: { ...(entry.response as object), status: "done", created_at: "yesterday" },
    };
    expect(checkReplicateJournal([broken])).toEqual([
      expect.stringMatching(
        /answer 201: .*\/created_at must match format "date-time".*\/status must be equal to one of/,
      ),
    ]);
    const { id: _, ...withoutId } = entry.response as Record<string, unknown>;
    expect(checkReplicateJournal([{ ...entry, response: withoutId }])[0]).toContain(
      "must have required property 'id'",
    );
  });

  it("catches a body that the API would refuse", () => {
    const body = { ...(entry.body as object), auth: "r8_secret" };
    expect(checkReplicateJournal([{ ...entry, body }])[0]).toContain("must NOT have additional properties");
  });

  it("catches a header that the API would refuse", () => {
    const headers = { ...entry.headers, prefer: "wait=0" };
    expect(checkReplicateJournal([{ ...entry, headers }])[0]).toContain("Prefer: ");
  });

  it("catches an error that is not worded as one", () => {
    expect(checkReplicateJournal([{ ...entry, status: 422, response: { message: "no" } }])[0]).toContain(
      "answer 422",
    );
    const lying = { title: "x", detail: "x", status: 404 };
    expect(checkReplicateJournal([{ ...entry, status: 422, response: lying }])[0]).toContain(
      "says status 404",
    );
  });

  it("reports a route that the document does not have", async () => {
    await ask(replicate, "GET", "/nowhere");
    expect(checkReplicateJournal(replicate.journal.slice(-1))).toEqual([
      "GET /v1/nowhere: no such operation",
    ]);
  });
});
