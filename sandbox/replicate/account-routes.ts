import type { StandInServer } from "../server.ts";
import { notFound } from "./answers.ts";

// The hardware that the public price page lists.
const hardware = [
  { name: "CPU", sku: "cpu" },
  { name: "Nvidia T4 GPU", sku: "gpu-t4" },
  { name: "Nvidia L40S GPU", sku: "gpu-l40s" },
  { name: "Nvidia A100 (80GB) GPU", sku: "gpu-a100-large" },
  { name: "Nvidia H100 GPU", sku: "gpu-h100" },
];

/** Who asks, what there is to run on, and the account's deployments. */
export function accountRoutes({ app }: StandInServer, deployments: ReadonlyMap<string, string>): void {
  app.get("/v1/account", (c) => c.json({ type: "organization", username: "sandbox", name: "The sandbox" }));
  app.get("/v1/hardware", (c) => c.json(hardware));

  const show = (ref: string, model: string) => ({
    owner: ref.split("/")[0],
    name: ref.split("/")[1],
    current_release: {
      number: 1,
      model,
      version: "hidden",
      created_at: "2026-01-01T00:00:00.000Z",
      created_by: { type: "organization", username: "sandbox" },
      configuration: { hardware: "gpu-l40s", min_instances: 0, max_instances: 1 },
    },
  });

  app.get("/v1/deployments", (c) =>
    c.json({ next: null, previous: null, results: [...deployments].map(([ref, model]) => show(ref, model)) }),
  );

  app.get("/v1/deployments/:owner/:name", (c) => {
    const ref = `${c.req.param("owner")}/${c.req.param("name")}`;
    const model = deployments.get(ref);
    return model === undefined ? notFound(c) : c.json(show(ref, model));
  });
}
