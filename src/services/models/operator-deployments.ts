import type { Model } from "./model.ts";

type Reference = `${string}/${string}`;

const isReference = (text: string | undefined): text is Reference => /^[\w.-]+\/[\w.-]+$/.test(text ?? "");

/**
 * The operator's own deployments by the model that they run, from a text such as
 * `black-forest-labs/flux-schnell=acme/fast-flux;openai/whisper=acme/ears`.
 * @throws {Error} saying what the text must be, and what is wrong in it.
 */
export function operatorDeployments(text: string): Map<string, Reference> {
  const deployments = new Map<string, Reference>();
  const entries = text.split(";").map((entry) => entry.trim());
  for (const entry of entries.filter(Boolean)) {
    const [ref, deployment, ...more] = entry.split("=").map((part) => part.trim());
    if (!isReference(ref) || !isReference(deployment) || more.length > 0)
      throw new Error(
        `deployments such as black-forest-labs/flux-schnell=acme/fast-flux; "${entry}" is not of the form owner/name=owner/name`,
      );
    deployments.set(ref.toLowerCase(), deployment);
  }
  return deployments;
}

/** The deployment that this model runs on here: the operator's where there is one. */
export const deploymentOf = (
  { ref, deployment }: Pick<Model, "ref" | "deployment">,
  deployments: ReadonlyMap<string, Reference>,
): Reference | undefined => deployments.get(ref.toLowerCase()) ?? deployment;
