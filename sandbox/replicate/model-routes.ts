import type { StandInServer } from "../server.ts";
import { type Ctx, notFound, page, problem } from "./answers.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Model } from "./model.ts";

const recordedAt = "2025-01-15T00:00:00.000Z";

function version(model: Model) {
  return {
    id: model.version,
    created_at: recordedAt,
    cog_version: "0.11.1",
    openapi_schema: {
      openapi: "3.0.2",
      info: { title: "Cog", version: "0.1.0" },
      paths: {},
      components: { schemas: model.schemas },
    },
  };
}

/** A model as `GET /v1/models/{owner}/{name}` shows it; official ones have a latest_version too. */
function toJson(model: Model) {
  const [owner, name] = model.ref.split("/");
  return {
    url: `https://replicate.com/${model.ref}`,
    owner,
    name,
    description: model.description,
    visibility: "public",
    is_official: model.official,
    github_url: null,
    paper_url: null,
    license_url: null,
    run_count: model.runCount,
    cover_image_url: null,
    default_example: model.example ? { ...model.example, model: model.ref } : null,
    latest_version: version(model),
  };
}

/** Everything that shows models: one, its versions, the list, both searches, the collections. */
export function modelRoutes({ app, origin }: StandInServer, catalogue: Catalogue): void {
  const asked = (c: Ctx) => catalogue.find(`${c.req.param("owner")}/${c.req.param("name")}`);

  async function search(query: string, limit: number): Promise<Model[]> {
    const words = query.toLowerCase().split(/\W+/).filter(Boolean);
    const refs = (await catalogue.refs()).filter((ref) =>
      words.every((word) => ref.toLowerCase().includes(word)),
    );
    const found = await Promise.all(refs.slice(0, limit).map((ref) => catalogue.find(ref)));
    return found.filter((model) => model !== undefined);
  }

  app.get("/v1/models", async (c) => {
    const listed = page(c, origin, await catalogue.refs(), (ref) => ref, 25);
    if (!listed) return notFound(c);
    const models = await Promise.all(listed.results.map((ref) => catalogue.find(ref)));
    return c.json({ ...listed, results: models.filter((model) => model !== undefined).map(toJson) });
  });

  // The npm client sends the query as JSON, quotes included.
  app.on("QUERY", "/v1/models", async (c) => {
    const query = (await c.req.text()).replaceAll(/^"|"$/g, "");
    const models = await search(query, 25);
    const described = models.map((model) => ({ ...toJson(model), description: model.description ?? "" }));
    return c.json({ next: null, previous: null, results: described });
  });

  app.get("/v1/search", async (c) => {
    const { query, limit } = c.req.query();
    if (!query) return c.json({ detail: 'Query parameter "query" is required' }, 400);
    const models = await search(query, Math.min(50, Math.max(1, Number(limit ?? 20) || 20)));
    const found = models.map((model) => ({
      model: toJson(model),
      metadata: { generated_description: model.description, tags: [], score: 1 },
    }));
    return c.json({ query, models: found, collections: [], pages: [] });
  });

  app.get("/v1/models/:owner/:name", async (c) => {
    const model = await asked(c);
    return model ? c.json(toJson(model)) : notFound(c);
  });

  app.get("/v1/models/:owner/:name/versions", async (c) => {
    const model = await asked(c);
    if (!model) return notFound(c);
    // Official models hide their versions.
    return c.json({ next: null, previous: null, results: model.official ? [] : [version(model)] });
  });

  app.get("/v1/models/:owner/:name/versions/:id", async (c) => {
    const model = await asked(c);
    return model?.version === c.req.param("id") ? c.json(version(model)) : notFound(c);
  });

  app.get("/v1/models/:owner/:name/readme", async (c) => {
    const model = await asked(c);
    if (!model) return problem(c, 404, "The requested resource could not be found.");
    return c.text(`# ${model.ref}\n\n${model.description ?? "No description."}\n`);
  });

  const collections = {
    "text-to-image": [
      "black-forest-labs/flux-schnell",
      "google/nano-banana",
      "ideogram-ai/ideogram-v3-turbo",
    ],
    "language-models": ["anthropic/claude-4.5-haiku", "openai/gpt-5-mini", "meta/meta-llama-3-8b-instruct"],
    "speech-to-text": ["victor-upmeet/whisperx", "openai/whisper", "vaibhavs10/incredibly-fast-whisper"],
  };
  const collection = (slug: string) => ({
    slug,
    name: slug.replaceAll("-", " "),
    description: `Models for ${slug}`,
  });

  app.get("/v1/collections", (c) =>
    c.json({ next: null, previous: null, results: Object.keys(collections).map(collection) }),
  );

  app.get("/v1/collections/:slug", async (c) => {
    const slug = c.req.param("slug");
    const refs = Object.entries(collections).find(([name]) => name === slug)?.[1];
    if (!refs) return notFound(c);
    const models = await Promise.all(refs.map((ref) => catalogue.find(ref)));
    const shown = models.filter((model) => model !== undefined).map(toJson);
    return c.json({ ...collection(slug), full_description: null, models: shown });
  });
}
