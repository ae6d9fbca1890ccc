import { METHODS } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReplicateStandIn, startReplicate } from "../../../sandbox/replicate/index.ts";
import { ask, closeHonestly, connect } from "./client.ts";

describe("models", () => {
  let replicate: ReplicateStandIn;
  let client: ReturnType<typeof connect>;

  beforeAll(async () => {
    replicate = await startReplicate({ pace: 0 });
    client = connect(replicate);
  });
  afterAll(() => closeHonestly(replicate));

  it("are shown with their latest version and its schema", async () => {
    const model = await client.models.get("black-forest-labs", "flux-schnell");
    expect(model).toMatchObject({ owner: "black-forest-labs", name: "flux-schnell", is_official: true });
    const { components } = model.latest_version!.openapi_schema as {
      components: { schemas: Record<string, object> };
    };
    expect(components.schemas["Input"]).toMatchObject({ required: ["prompt"] });
    expect(await ask(replicate, "GET", "/models/nobody/nothing")).toMatchObject({ status: 404 });
  });

  it("that are not among the contracts come from the record of 3,808", async () => {
    const model = await client.models.get("pollinations", "modnet");
    expect(model).toMatchObject({ is_official: false, visibility: "public" });
    expect(model.latest_version?.id).toMatch(/^[0-9a-f]{64}$/);
    const versions = await ask(replicate, "GET", "/models/pollinations/modnet/versions");
    expect(versions.body).toMatchObject({ results: [{ id: model.latest_version?.id }] });
    const version = await client.models.versions.get("pollinations", "modnet", model.latest_version!.id);
    expect(version.id).toBe(model.latest_version!.id);
  });

  it("are listed page by page, and found by their names", async () => {
    const first = await client.models.list();
    const second = await ask(replicate, "GET", first.next!.slice(replicate.baseUrl.length));
    const names = [...first.results, ...(second.body as typeof first).results].map(
      (each) => `${each.owner}/${each.name}`,
    );
    expect(new Set(names).size).toBe(50);
    const found = await ask(replicate, "GET", "/search?query=flux%20schnell");
    const { models } = found.body as { models: { model: { name: string } }[] };
    expect(models[0]?.model.name).toBe("flux-schnell");
    expect(await ask(replicate, "GET", "/search")).toMatchObject({ status: 400 });
  });

  // Node's HTTP parser knows QUERY from 20.19 on.
  it.runIf(METHODS.includes("QUERY"))("answer the client's own search", async () => {
    const found = await client.models.search("flux schnell");
    expect(found.results[0]).toMatchObject({ owner: "black-forest-labs", name: "flux-schnell" });
  });

  it("come with collections, hardware, deployments and an account", async () => {
    expect((await client.collections.list()).results.map((each) => each.slug)).toContain("text-to-image");
    expect((await client.collections.get("speech-to-text")).models).toHaveLength(3);
    expect(await client.hardware.list()).toContainEqual({ name: "Nvidia L40S GPU", sku: "gpu-l40s" });
    expect((await client.deployments.list()).results).toHaveLength(2);
    expect((await client.accounts.current()).username).toBe("sandbox");
  });
});
